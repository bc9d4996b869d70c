/** Sentences of the room `vault`. */
export const vault = {
  noOrder: {
    message: 'Không có lệnh {orderId} cho đầu ghi này.',
    hint: 'Đầu ghi chỉ gửi được tệp cho lệnh của chính nó; kiểm tra lệnh tại trung tâm.'
  },
  orderEnded: {
    message: 'Lệnh {orderId} đã kết thúc ({state}) nên không nhận thêm tệp.',
    hint: 'Tạo yêu cầu trích xuất mới nếu vẫn cần dữ liệu.'
  },
  alreadyReceived: {
    message: 'Trung tâm đã nhận đủ dữ liệu của yêu cầu này.',
    hint: 'Lấy lại biên nhận thay vì gửi lại tệp.'
  },
  noUpload: {
    message: 'Không có lượt tải lên {uploadId}.',
    hint: 'Bắt đầu lại lượt tải lên của tệp này.'
  },
  nameNotStated: {
    message: 'Lệnh này không có tệp tên {name}.',
    hint: 'Chỉ gửi bản xác nhận, chữ ký của bản xác nhận và các tệp gốc có trong bản xác nhận.'
  },
  statementFirst: {
    message: 'Chưa có bản xác nhận hợp lệ nên chưa nhận tệp gốc.',
    hint: 'Gửi bản xác nhận rồi chữ ký của bản xác nhận trước.'
  },
  lengthDiffers: {
    message: 'Độ dài tệp {name} khác với bản xác nhận ({stated} byte).',
    hint: 'Gửi đúng tệp đã xác nhận, hoặc lập lại bản xác nhận.'
  },
  tooLong: {
    message: 'Tệp dài hơn giới hạn {most} byte.',
    hint: 'Chia nhỏ khoảng thời gian của yêu cầu.'
  },
  wrongOffset: {
    message: 'Vị trí gửi tiếp {offset} không khớp với {size} byte đã lưu.',
    hint: 'Hỏi lại vị trí rồi gửi tiếp từ đó.'
  },
  badRequest: {
    message: 'Yêu cầu tải lên không đúng dạng: {field}.',
    hint: 'Cập nhật phần mềm của đầu ghi; đây không phải lỗi của người dùng.'
  },
  quota: {
    message: 'Đầu ghi đang có {count} lượt tải lên dở dang ({bytes} byte), đã đến hạn mức.',
    hint: 'Đợi các lượt đang gửi xong; đầu ghi sẽ tự thử lại.'
  },
  noRoom: {
    message: 'Kho dữ liệu trích xuất của trung tâm gần hết chỗ.',
    hint: 'Thêm dung lượng cho kho; đầu ghi giữ bản gốc và sẽ tự gửi lại.'
  },
  incomplete: {
    message: 'Còn thiếu {missing} tệp, trước hết là {first}.',
    hint: 'Gửi các tệp còn thiếu rồi báo hoàn tất lại.'
  },
  digestDiffers: {
    message: 'Dữ liệu nhận được không khớp giá trị băm: cần {expected}, nhận được {found}.',
    hint: 'Gửi lại tệp; nếu lặp lại, kiểm tra ổ cứng của đầu ghi.'
  },
  foreignSigner: {
    message: 'Bản xác nhận của lệnh {orderId} không do chính đầu ghi này ký.',
    hint: 'Kiểm tra chứng thư của đầu ghi; đừng dùng dữ liệu này.'
  },
  statementShape: {
    message: 'Bản xác nhận của đầu ghi không đúng dạng: {reason}',
    hint: 'Cập nhật phần mềm của đầu ghi rồi trích xuất lại.'
  },
  otherOrder: {
    message: 'Bản xác nhận của đầu ghi không thuộc lệnh này (trường {field}).',
    hint: 'Trích xuất lại; nếu lặp lại, báo người quản trị.'
  },
  changedSinceRecording: {
    message: 'Tệp {name} đã thay đổi kể từ khi ghi hình.',
    hint: 'Giữ nguyên đầu ghi và báo người quản trị: dữ liệu gốc đã bị sửa hoặc ổ cứng hỏng.'
  },
  noPicture: {
    message: 'Tệp {name} không phải là ảnh JPEG.',
    hint: 'Chụp lại; nếu lặp lại, kiểm tra đầu ghi.'
  },
  noObject: {
    message: 'Kho dữ liệu trích xuất không có đối tượng {sha256}.',
    hint: 'Khôi phục kho từ bản sao lưu rồi chạy lại lệnh kiểm tra.'
  },
  shorter: {
    message: 'Tệp đang nhận {id} ngắn hơn phần đã xác nhận.',
    hint: 'Kiểm tra ổ cứng của kho; đầu ghi sẽ gửi lại tệp.'
  },
  objectDamaged: {
    message: 'Đối tượng {sha256} trong kho đã bị thay đổi: nội dung có mã {found}.',
    hint: 'Khôi phục đối tượng này từ bản sao lưu; không giao bản có chứa nó.'
  },
  objectMissing: {
    message: 'Kho thiếu đối tượng {sha256} mà dữ liệu trung tâm nói là có.',
    hint: 'Khôi phục kho từ bản sao lưu.'
  },
  packageMissing: {
    message: 'Không có thư mục của gói {label}.',
    hint: 'Khôi phục kho từ bản sao lưu, hoặc đóng gói lại từ các đối tượng.'
  },
  noFrames: {
    message: 'Các tệp gốc của {label} không có khung hình nào trong khoảng thời gian yêu cầu.',
    hint: 'Bản gốc vẫn được giữ trong kho; kiểm tra đầu ghi rồi trích xuất lại.'
  },
  packageDamaged: {
    message: 'Gói {label} trong kho không còn nguyên vẹn.',
    hint: 'Giữ nguyên thư mục để xem xét, khôi phục kho từ bản sao lưu; không giao gói này.'
  },
  packageFile: {
    message: 'Gói {label}: tệp {file} không đạt ({finding}).',
    hint: 'Chạy lệnh kiểm tra gói để xem đầy đủ; khôi phục từ bản sao lưu.'
  },
  packageOther: {
    message: 'Gói {label} không phải là gói đã niêm phong: mã kiểm tra toàn vẹn khác với mã trung tâm đã lưu.',
    hint: 'So với mã trong biên bản giao nhận; khôi phục từ bản sao lưu.'
  }
}
