/** Sentences of the room `camera`. */
export const camera = {
  badAddress: {
    message: 'Địa chỉ camera không hợp lệ: {address}',
    hint: 'Nhập onvif://địa-chỉ-IP, http://địa-chỉ-IP/onvif/device_service hoặc rtsp://địa-chỉ-IP/đường-dẫn.'
  },
  credentialInAddress: {
    message: 'Địa chỉ camera có kèm tên đăng nhập hoặc mật khẩu.',
    hint: 'Bỏ phần trước dấu @ khỏi địa chỉ; nhập tên đăng nhập và mật khẩu ở ô riêng.'
  },
  httpsAddress: {
    message: 'Chưa hỗ trợ ONVIF qua HTTPS.',
    hint: 'Bật ONVIF qua HTTP trong mạng nội bộ của camera, hoặc nhập thẳng địa chỉ rtsp:// của luồng hình.'
  },
  unreachable: {
    message: 'Không kết nối được camera {host}: {reason}',
    hint: 'Kiểm tra nguồn, dây mạng, địa chỉ IP và cổng của camera, rồi thử lại.'
  },
  tooSlow: {
    message: 'Camera {host} không trả lời xong trong {seconds} giây.',
    hint: 'Kiểm tra đường truyền và tải của camera; khởi động lại camera nếu bị treo, rồi thử lại.'
  },
  cutOff: {
    message: 'Camera {host} ngắt kết nối giữa chừng câu trả lời.',
    hint: 'Thử lại; nếu lặp lại, kiểm tra dây mạng, khởi động lại camera hoặc cập nhật phần mềm của nó.'
  },
  signInRefused: {
    message: 'Camera {host} từ chối đăng nhập.',
    hint: 'Kiểm tra tên đăng nhập và mật khẩu; một số camera cần tài khoản ONVIF riêng và phải đúng giờ.'
  },
  tooLarge: {
    message: 'Camera {host} trả lời quá dài.',
    hint: 'Thiết bị này trả lời bất thường; kiểm tra có đúng là camera không và cập nhật phần mềm của nó.'
  },
  tooDeep: {
    message: 'Camera {host} trả lời bằng XML lồng nhau quá sâu.',
    hint: 'Thiết bị này trả lời bất thường; kiểm tra có đúng là camera không và cập nhật phần mềm của nó.'
  },
  tooMuchMemory: {
    message: 'Việc hỏi camera dùng quá nhiều bộ nhớ nên đã bị dừng.',
    hint: 'Thiết bị này trả lời bất thường; nhập thẳng địa chỉ rtsp:// của luồng hình.'
  },
  notOnvif: {
    message: 'Thiết bị {host} không trả lời theo chuẩn ONVIF.',
    hint: 'Bật ONVIF trong cấu hình camera, kiểm tra cổng, hoặc nhập thẳng địa chỉ rtsp:// của luồng hình.'
  },
  fault: {
    message: 'Camera {host} báo lỗi: {reason}',
    hint: 'Kiểm tra quyền của tài khoản trên camera và cập nhật phần mềm của nó, hoặc nhập thẳng địa chỉ rtsp://.'
  },
  foreignAddress: {
    message: 'Camera {host} dẫn sang địa chỉ khác: {other}',
    hint: 'Không gửi mật khẩu sang máy khác. Nếu camera ở sau NAT, hãy sửa địa chỉ trong camera hoặc nhập thẳng rtsp://.'
  },
  noStreams: {
    message: 'Camera {host} không có luồng hình dùng được. {reason}',
    hint: 'Kiểm tra luồng hình đã bật trên camera và đường dẫn rtsp:// đúng với hãng.'
  },
  noSuchStream: {
    message: 'Camera {host} không có luồng hình ở đường dẫn này.',
    hint: 'Kiểm tra đường dẫn sau địa chỉ IP; mỗi hãng một khác, xem tài liệu của camera.'
  },
  clockNotTold: 'Camera không cho biết giờ của nó.',
  streamNotNamed: 'Camera không cho biết địa chỉ của luồng {token}.',
  streamElsewhere: 'Luồng {token} nằm ở máy khác ({other}) nên không dùng.'
}
