/** Sentences of the foundations. `{name}` is filled in by the caller. */
export const base = {
  diskFull: {
    message: 'Ổ cứng hoặc hạn mức đã đầy: {reason}',
    hint: 'Giải phóng dung lượng hoặc tăng hạn mức, rồi thử lại.'
  },
  readOnly: {
    message: 'Hệ thống tệp chỉ cho đọc: {reason}',
    hint: 'Kiểm tra ổ cứng và cách gắn ổ, rồi gắn lại ở chế độ đọc ghi.'
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
    message: 'Không mở được mật khẩu đã mã hóa.',
    hint: 'Kiểm tra tệp khóa; nếu khóa đã mất, nhập lại mật khẩu của camera.'
  },
  badJson: {
    message: 'Tệp {path} không đọc được dưới dạng JSON: {reason}',
    hint: 'Sửa tệp hoặc tạo lại bằng lệnh đã tạo ra nó.'
  },
  badShape: { message: 'Dữ liệu {what} không đúng dạng: {reason}', hint: 'Sửa trường được nêu rồi thử lại.' },
  badInstant: {
    message: 'Không hiểu thời điểm “{text}”.',
    hint: 'Viết 24/11/2026 08:30:00 (giờ Việt Nam), hoặc RFC 3339 có múi giờ: 2026-11-24T08:30:00+07:00.'
  },
  // a command line that cannot be understood
  usageNoCommand: { message: 'Chưa nói phải làm gì.', hint: 'Chọn một trong các lệnh ở trên.' },
  usageMissing: { message: 'Thiếu {what}.', hint: 'Xem cách dùng: thêm --help vào cuối lệnh.' },
  usageNoValue: { message: 'Tùy chọn {what} cần có giá trị.', hint: 'Xem cách dùng: thêm --help vào cuối lệnh.' },
  usageUnknown: { message: 'Không có lệnh hoặc tùy chọn {what}.', hint: 'Xem cách dùng: thêm --help vào cuối lệnh.' },
  usageTooMany: {
    message: 'Thừa tham số: {what}.',
    hint: 'Đặt tên có dấu cách trong ngoặc kép; xem cách dùng: thêm --help.'
  },
  usageWrong: { message: 'Không hiểu dòng lệnh: {reason}', hint: 'Xem cách dùng: thêm --help vào cuối lệnh.' },
  // what every program says in its help
  helpUsage: 'Cách dùng:',
  helpOptions: 'Tùy chọn:',
  helpCommands: 'Các lệnh:',
  helpArguments: 'Tham số:',
  helpDefault: 'mặc định',
  helpVersion: 'in phiên bản',
  helpHelp: 'xem hướng dẫn của lệnh',
  helpOf: 'xem hướng dẫn của một lệnh',
  helpExamples: 'Ví dụ:',
  helpExitCodes:
    'Mã kết thúc:\n  0 xong   1 không thành công   2 sai cách dùng   3 sai cấu hình   4 đầu ghi chưa đăng ký\n  5 không kết nối được   6 bị từ chối   7 kiểm tra không đạt   8 đang bận   130 bị ngắt',
  // what stands between < > in the help; the key is the word of the code
  arg_address: 'địa chỉ',
  arg_box: 'đầu ghi',
  arg_camera: 'camera',
  arg_clip: 'yêu cầu',
  arg_command: 'lệnh',
  arg_days: 'số ngày',
  arg_file: 'tệp',
  arg_folder: 'thư mục',
  arg_host: 'máy',
  arg_host_port: 'máy:cổng',
  arg_instant: 'thời điểm',
  arg_label: 'đơn vị',
  arg_name: 'tên',
  arg_options: 'tùy chọn',
  arg_ports: 'cổng',
  arg_place: 'nơi',
  arg_seconds: 'số giây',
  arg_stream: 'luồng',
  arg_text: 'nội dung',
  arg_viewpoint: 'điểm quan sát'
}
