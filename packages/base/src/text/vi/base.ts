/** Sentences of the foundations. `{name}` is filled in by the caller. */
export const base = {
  diskFull: {
    message: 'Ổ đĩa hoặc hạn mức đã đầy: {reason}',
    hint: 'Giải phóng dung lượng hoặc tăng hạn mức, rồi thử lại.'
  },
  readOnly: {
    message: 'Hệ thống tệp chỉ cho đọc: {reason}',
    hint: 'Kiểm tra ổ đĩa và cách gắn ổ, rồi gắn lại ở chế độ đọc ghi.'
  },
  storeDamaged: {
    message: 'Kho dữ liệu bị hỏng: {reason}',
    hint: 'Dừng chương trình, giữ nguyên tệp và khôi phục từ bản sao lưu.'
  },
  busy: { message: 'Đang bận: {reason}', hint: 'Đợi rồi thử lại.' },
  unreachable: {
    message: 'Không kết nối được: {reason}',
    hint: 'Kiểm tra địa chỉ, đường truyền và tường lửa, rồi thử lại.'
  },
  noPermission: {
    message: 'Không có quyền: {reason}',
    hint: 'Chạy bằng đúng tài khoản của dịch vụ hoặc với quyền quản trị.'
  },
  noSuchFile: { message: 'Không tìm thấy tệp: {reason}', hint: 'Kiểm tra lại đường dẫn.' },
  interrupted: { message: 'Đã bị ngắt giữa chừng.', hint: 'Chạy lại; việc đã làm xong được giữ nguyên.' },
  internal: {
    message: 'Lỗi bên trong chương trình: {reason}',
    hint: 'Gửi nhật ký cho người quản trị; đây là lỗi của phần mềm.'
  },
  unsealFailed: {
    message: 'Không mở được bí mật đã niêm phong.',
    hint: 'Kiểm tra tệp khóa; nếu khóa đã mất, nhập lại mật khẩu của camera.'
  },
  badJson: {
    message: 'Tệp {path} không đọc được dưới dạng JSON: {reason}',
    hint: 'Sửa tệp hoặc tạo lại bằng lệnh đã tạo ra nó.'
  },
  badShape: { message: 'Dữ liệu {what} không đúng dạng: {reason}', hint: 'Sửa trường được nêu rồi thử lại.' }
}
