/** Sentences of the room `recorder`. */
export const recorder = {
  badMedia: {
    message: 'Dữ liệu video không đúng định dạng: {reason}',
    hint: 'Tệp có thể bị hỏng hoặc bị cắt dở; giữ nguyên tệp và kiểm tra ổ cứng.'
  },
  badConfig: {
    message: 'Tệp cấu hình {path} không đúng dạng: {reason}',
    hint: 'Sửa trường được nêu rồi lưu lại; các kênh đang ghi vẫn theo cấu hình cũ.'
  },
  noFootageFolder: {
    message: 'Thư mục lưu hình {path} không dùng được: {reason}',
    hint: 'Kiểm tra ổ đã được gắn và tài khoản của dịch vụ có quyền ghi.'
  },
  recorderRunning: {
    message: 'Một phần mềm ghi hình khác đang dùng thư mục {path}.',
    hint: 'Dừng chương trình kia trước; hai chương trình không được ghi cùng một camera.'
  },
  cannotStart: {
    message: 'Không chạy được ffmpeg: {reason}',
    hint: 'Cài gói ffmpeg và kiểm tra dung lượng ổ cứng.'
  },
  pathOutside: {
    message: 'Đường dẫn {path} nằm ngoài thư mục lưu hình.',
    hint: 'Chỉ dùng đường dẫn có trong nhật ký của phần mềm ghi hình.'
  },
  programSummary: 'Ghi hình camera liên tục, độc lập với các chương trình khác.',
  runSummary: 'Ghi mọi kênh trong tệp cấu hình cho đến khi bị dừng.',
  configOption: 'tệp cấu hình recorder.json',
  footageOption: 'thư mục lưu hình (recordings, holds, journal, requests, answers)',
  keyOption: 'tệp khóa mở mật khẩu camera đã mã hóa',
  examples:
    '  # Ghi hình theo cấu hình của phần mềm tại đầu ghi\n  matthan-recorder run --config /var/lib/matthan-agent/recorder.json --footage /var/lib/matthan/footage --key /var/lib/matthan-agent/secret.key'
}
