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
  tooManyCodes: {
    message: 'Đang có quá nhiều mã ghi danh còn hiệu lực.',
    hint: 'Đợi các mã cũ hết hạn (60 phút) rồi tạo mã mới.'
  }
}
