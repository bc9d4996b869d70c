/** Sentences of the room `identity`. */
export const identity = {
  badRequest: {
    message: 'Yêu cầu cấp chứng thư không hợp lệ.',
    hint: 'Cần yêu cầu PKCS#10 với khóa P-256 tự ký; chạy lại lệnh ghi danh trên hộp.'
  },
  codeUnknown: {
    message: 'Mã ghi danh sai, đã dùng hoặc đã hết hạn.',
    hint: 'Kiểm tra lại từng ký tự; nếu vẫn không được, xin người quản trị một mã mới.'
  },
  tooManyTries: {
    message: 'Có quá nhiều lần thử từ địa chỉ này.',
    hint: 'Đợi {seconds} giây rồi thử lại.'
  },
  boxUnknown: { message: 'Không có hộp {box}.', hint: 'Xem danh sách hộp bằng lệnh: matthan-control box list' },
  boxRevoked: {
    message: 'Hộp {box} đã bị thu hồi.',
    hint: 'Nếu hộp được phép hoạt động lại, hãy ghi danh lại bằng mã mới.'
  },
  peerRefused: {
    message: 'Chứng thư của thiết bị bị từ chối: {reason}',
    hint: 'Gia hạn hoặc ghi danh lại hộp; nếu lặp lại, báo người quản trị.'
  },
  recoveryRefused: {
    message: 'Không thể khôi phục chứng thư: {reason}',
    hint: 'Ghi danh lại hộp bằng một mã mới.'
  },
  nameTaken: {
    message: 'Đã có hộp tên {name}.',
    hint: 'Chọn tên khác, hoặc thu hồi hộp cũ trước.'
  },
  tooManyRenewals: {
    message: 'Hộp {box} xin chứng thư quá nhiều lần trong một ngày.',
    hint: 'Đợi đến ngày mai; xem nhật ký của hộp để biết vì sao.'
  },
  noSuchPath: { message: 'Không có địa chỉ này.', hint: 'Kiểm tra phiên bản của hộp và của trung tâm.' },
  socketTaken: {
    message: 'Một trung tâm khác đang chạy tại {path}.',
    hint: 'Chỉ một trung tâm được chạy trên một thư mục dữ liệu; dừng chương trình kia trước.'
  },
  tooManyCodes: {
    message: 'Đang có quá nhiều mã ghi danh còn hiệu lực.',
    hint: 'Đợi các mã cũ hết hạn (60 phút) rồi tạo mã mới.'
  },
  // the box's side
  boxNotEnrolled: {
    message: 'Hộp này chưa ghi danh.',
    hint: 'Xin mã ghi danh tại trung tâm rồi chạy: matthan-agent enroll --server MÁY:CỔNG'
  },
  boxAlreadyEnrolled: {
    message: 'Hộp này đã ghi danh rồi.',
    hint: 'Muốn ghi danh lại, dừng chương trình và chuyển thư mục identity đi nơi khác trước.'
  },
  boxCodeShape: {
    message: 'Mã ghi danh không đúng dạng.',
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
    hint: 'Kiểm tra đồng hồ của hộp và địa chỉ trung tâm; nếu vẫn vậy, báo người quản trị.'
  },
  boxAnswerWrong: {
    message: 'Trung tâm trả lời không đúng ({reason}); hộp không nhận.',
    hint: 'Báo người quản trị trung tâm, rồi ghi danh lại.'
  },
  boxBadAnswer: {
    message: 'Máy chủ {url} trả lời khác thường: {reason}',
    hint: 'Kiểm tra địa chỉ và cổng; có thể đó không phải cổng ghi danh của trung tâm.'
  },
  boxUnreachable: {
    message: 'Không kết nối được với {url}: {reason}',
    hint: 'Kiểm tra địa chỉ, đường truyền và tường lửa, rồi thử lại.'
  },
  boxDamaged: {
    message: 'Hồ sơ ghi danh trong {folder} bị hỏng: {reason}',
    hint: 'Khôi phục thư mục từ bản sao lưu, hoặc ghi danh lại bằng mã mới.'
  }
}
