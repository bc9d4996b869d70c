/** Sentences of the room `identity`. */
export const identity = {
  badRequest: {
    message: 'Yêu cầu cấp chứng thư không hợp lệ.',
    hint: 'Cần yêu cầu PKCS#10 với khóa P-256 tự ký; chạy lại lệnh đăng ký trên đầu ghi.'
  },
  codeUnknown: {
    message: 'Mã đăng ký sai, đã dùng hoặc đã hết hạn.',
    hint: 'Kiểm tra lại từng ký tự; nếu vẫn không được, xin người quản trị một mã mới.'
  },
  tooManyTries: {
    message: 'Có quá nhiều lần thử từ địa chỉ này.',
    hint: 'Đợi {seconds} giây rồi thử lại.'
  },
  boxUnknown: { message: 'Không có đầu ghi {box}.', hint: 'Xem danh sách đầu ghi bằng lệnh: matthan-control box list' },
  peerRefused: {
    message: 'Chứng thư của thiết bị bị từ chối: {reason}',
    hint: 'Gia hạn hoặc đăng ký lại đầu ghi; nếu lặp lại, báo người quản trị.'
  },
  recoveryRefused: {
    message: 'Không thể khôi phục chứng thư: {reason}',
    hint: 'Đăng ký lại đầu ghi bằng một mã mới.'
  },
  nameTaken: {
    message: 'Đã có đầu ghi tên {name}.',
    hint: 'Chọn tên khác, hoặc thu hồi đầu ghi cũ trước.'
  },
  tooManyRenewals: {
    message: 'Đầu ghi {box} xin chứng thư quá nhiều lần trong một ngày.',
    hint: 'Đợi đến ngày mai; xem nhật ký của đầu ghi để biết vì sao.'
  },
  noSuchPath: { message: 'Không có địa chỉ này.', hint: 'Kiểm tra phiên bản của đầu ghi và của trung tâm.' },
  socketTaken: {
    message: 'Một trung tâm khác đang chạy tại {path}.',
    hint: 'Chỉ một trung tâm được chạy trên một thư mục dữ liệu; dừng chương trình kia trước.'
  },
  tooManyCodes: {
    message: 'Đang có quá nhiều mã đăng ký còn hiệu lực.',
    hint: 'Đợi các mã cũ hết hạn (60 phút) rồi tạo mã mới.'
  },
  // the box's side
  boxNotEnrolled: {
    message: 'Đầu ghi này chưa đăng ký.',
    hint: 'Xin mã đăng ký tại trung tâm rồi chạy: matthan-agent enroll --server MÁY:CỔNG'
  },
  boxAlreadyEnrolled: {
    message: 'Đầu ghi này đã đăng ký rồi.',
    hint: 'Muốn đăng ký lại, dừng chương trình và chuyển thư mục identity đi nơi khác trước.'
  },
  boxCodeShape: {
    message: 'Mã đăng ký không đúng dạng.',
    hint: 'Mã có 16 ký tự, ví dụ KQ7M-2XTD-9F3A-7BCD; kiểm tra lại từng ký tự.'
  },
  boxServerShape: {
    message: 'Địa chỉ trung tâm “{server}” không đúng dạng.',
    hint: 'Dùng MÁY:CỔNG, ví dụ trungtam.example.vn:8445'
  },
  boxWrongCentre: {
    message: 'Máy chủ {host} không phải trung tâm đã cấp mã này; mã chưa được gửi đi.',
    hint: 'Kiểm tra địa chỉ và mã. Nếu cả hai đều đúng, có kẻ đang đứng giữa: báo người quản trị.'
  },
  boxBadChain: {
    message: 'Chứng thư của máy chủ {host} không dùng được ({reason}); chưa gửi gì.',
    hint: 'Kiểm tra đồng hồ của đầu ghi và địa chỉ trung tâm; nếu vẫn vậy, báo người quản trị.'
  },
  boxAnswerWrong: {
    message: 'Trung tâm trả lời không đúng ({reason}); đầu ghi không nhận.',
    hint: 'Báo người quản trị trung tâm, rồi đăng ký lại.'
  },
  boxBadAnswer: {
    message: 'Máy chủ {url} trả lời khác thường: {reason}',
    hint: 'Kiểm tra địa chỉ và cổng; có thể đó không phải cổng đăng ký của trung tâm.'
  },
  boxUnreachable: {
    message: 'Không kết nối được với {url}: {reason}',
    hint: 'Kiểm tra địa chỉ, đường truyền và tường lửa, rồi thử lại.'
  },
  boxDamaged: {
    message: 'Hồ sơ đăng ký trong {folder} bị hỏng: {reason}',
    hint: 'Khôi phục thư mục từ bản sao lưu, hoặc đăng ký lại bằng mã mới.'
  }
}
