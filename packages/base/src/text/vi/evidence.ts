/** Sentences of the room `evidence`. */
export const evidence = {
  // The seal.
  certificateUnreadable: {
    message: 'Chứng thư số không đọc được hoặc không ở dạng mã hóa chuẩn DER.',
    hint: 'Lấy lại chứng thư từ trung tâm.'
  },
  certificateNotValid: {
    message: 'Chứng thư số của {subject} chỉ có hiệu lực từ {from} đến {to}, không có hiệu lực vào lúc {at}.',
    hint: 'Kiểm tra giờ của máy; nếu chứng thư đã hết hạn, kiểm tra theo thời điểm trên dấu thời gian.'
  },
  certificateUsage: {
    message: 'Chứng thư số của {subject} không phải chứng thư dùng để niêm phong dữ liệu.',
    hint: 'Chỉ chấp nhận chứng thư có mục đích ký số và chống chối bỏ, không có mục đích mở rộng.'
  },
  chainUntrusted: {
    message: 'Chứng thư số của {subject} không dẫn về chứng thư gốc đã cho.',
    hint: 'Kiểm tra đã dùng đúng chứng thư gốc, lấy từ nguồn độc lập với gói dữ liệu.'
  },
  sealUnreadable: {
    message: 'Niêm phong không đọc được (không phải CMS SignedData).',
    hint: 'Lấy lại tệp niêm phong từ trung tâm.'
  },
  sealProfile: {
    message: 'Niêm phong có byte khác với dạng chuẩn duy nhất được chấp nhận.',
    hint: 'Tệp niêm phong đã bị thay đổi; lấy lại từ trung tâm.'
  },
  sealContent: {
    message: 'Nội dung không phải nội dung đã được niêm phong.',
    hint: 'Nội dung hoặc niêm phong đã bị thay đổi; so mã SHA-256 với biên bản giao nhận.'
  },
  sealSignature: {
    message: 'Chữ ký số của niêm phong không đúng.',
    hint: 'Niêm phong đã bị thay đổi hoặc do khóa khác tạo ra; không dùng gói này.'
  },
  framesUnreadable: {
    message: 'Không đọc được danh sách khung hình của {file}: {reason}',
    hint: 'Kiểm tra tệp có nguyên vẹn và máy có cài ffmpeg.'
  },
  bagExists: {
    message: 'Thư mục {folder} đã có; gói dữ liệu không bao giờ bị ghi đè.',
    hint: 'Chọn số gói khác, hoặc kiểm tra gói đã có.'
  },
  bagUnsafeName: {
    message: 'Tên tệp {file} không được phép trong gói dữ liệu.',
    hint: 'Chỉ dùng chữ không dấu, chữ số, dấu gạch dưới, gạch nối và dấu chấm.'
  },
  bagFileOther: {
    message: 'Tệp {file} không còn đúng kích thước đã ghi nhận.',
    hint: 'Kiểm tra kho dữ liệu bằng lệnh check; không phát hành gói này.'
  },
  noPackage: {
    message: 'Không có gói dữ liệu tại {folder}.',
    hint: 'Giải nén gói và chỉ đúng thư mục có tệp bagit.txt.'
  },
  tooLarge: {
    message: 'Tệp {file} lớn hơn {bytes} byte, không thể là tệp của một gói dữ liệu.',
    hint: 'Gói đã bị thay đổi; lấy lại từ trung tâm.'
  },
  copyDiffers: {
    message: 'Bản phát được {file} khác dữ liệu gốc từ khung hình thứ {line}.',
    hint: 'Không phát hành gói này; kiểm tra tệp gốc bằng ffmpeg.'
  },
  // Findings of a check. The file stands in `file`.
  findMissing: '{file}: thiếu tệp này',
  findChanged: '{file}: nội dung đã bị thay đổi',
  findSwapped: '{file}: đã bị tráo; nội dung là của {other}',
  findExtra: '{file}: tệp thừa, không thuộc gói dữ liệu',
  findNotListed: '{file}: không có trong bảng kê',
  findNotPlain: '{file}: không phải tệp thông thường (liên kết hoặc thiết bị)',
  findUnreadable: '{file}: không đọc được ({reason})',
  findBadLines: '{file}: các dòng không đúng dạng: {lines}',
  findNotCanonical: '{file}: không ở dạng chuẩn (thứ tự hoặc cuối dòng)',
  findForeignPath: '{file}: kê tệp không thuộc bảng kê này: {path}',
  findNoBag: '{file}: không khai báo BagIt 1.0',
  findOxum: '{file}: ghi tổng {wanted}, thực tế {found} (byte.số tệp)',
  findBadFacts: '{file}: không đúng cấu trúc dữ liệu',
  findContradiction: '{file}: mâu thuẫn với bản xác nhận của đầu ghi ở mục {field}',
  findNotAsStated: '{file}: khác với bản xác nhận trong gói',
  findNotStated: '{file}: không có trong bản xác nhận của gói',
  findBoxSealed: '{file}: niêm phong bằng khóa của đầu ghi, không phải của trung tâm',
  findOtherBox: '{file}: bản xác nhận không do đầu ghi {box} ký',
  findFrames: '{file}: khung hình thứ {line} khác với dữ liệu gốc',
  // What a package says of itself (evidence.json, VERIFY.txt).
  incomplete:
    'Không đầy đủ: có khoảng thời gian yêu cầu không có hình; xem danh sách khoảng mất ghi hình và nguyên nhân.',
  limitStatus:
    'Đây là dữ liệu trích xuất. Chỉ người có thẩm quyền mới quyết định dữ liệu này có là chứng cứ hay không.',
  limitBefore:
    'Niêm phong chứng minh các tệp không thay đổi từ khi đóng gói; giá trị băm SHA-256 lúc ghi hình do phần mềm tại đầu ghi xác nhận.',
  limitBox: 'Gói này không chứng minh phần mềm tại đầu ghi không bị can thiệp vào lúc ghi hình.',
  limitClock:
    'Thời gian là giờ của đầu ghi; độ lệch chỉ được đo vào lúc trích xuất. Chưa xác định được độ lệch giờ tại thời điểm ghi.',
  limitScene:
    'Gói này không chứng minh hình ảnh phản ánh đúng hiện trường, và chưa kiểm tra chữ ký số của camera (nếu có).',
  limitTimeStamp: 'Chưa có dấu thời gian của bên thứ ba; thời điểm niêm phong do trung tâm xác nhận.',
  limitPlayable: 'Bản trong data/playable chỉ để xem thuận tiện; dữ liệu nguyên trạng là các tệp trong data/original.',
  howTitle: 'KIỂM TRA TÍNH TOÀN VẸN CỦA GÓI DỮ LIỆU TRÍCH XUẤT {id}',
  howIntroduction:
    'Mở thư mục này bằng dòng lệnh. Chỉ cần công cụ thông thường; không cần phần mềm của hệ thống.\nTệp {root} là chứng thư gốc: lấy từ nguồn độc lập với gói này và so dấu vân tay; chứng thư trong trust/ chỉ để tham khảo.\nTrên Windows, openssl có trong Git for Windows hoặc bản OpenSSL cho Windows.',
  howSealCode: 'Mã kiểm tra toàn vẹn và mã của niêm phong phải trùng với biên bản giao nhận.',
  howFiles: 'Không tệp nào thiếu hoặc bị thay đổi (không in ra gì là đạt).',
  howExtra: 'Không có tệp thừa; lệnh ở bước 2 không thấy tệp thừa (không in ra gì là đạt).',
  howSeal: 'Trung tâm đã niêm phong các tệp này (phải có dòng "CAdES Verification successful").',
  howStatement:
    'Đầu ghi đã ký bản xác nhận, và bản xác nhận nêu đúng các tệp nguyên trạng (không có dòng "NOT STATED").',
  howFrames: 'Bản phát được có đúng các khung hình của dữ liệu nguyên trạng (không in ra gì là đạt; cần ffmpeg).',
  howExpired: 'Nếu chứng thư đã hết hạn, thêm vào lệnh openssl thời điểm niêm phong, ví dụ:',
  howFlips:
    'Lưu ý: openssl chấp nhận một số byte bị đổi trong tệp niêm phong mà không ảnh hưởng chữ ký; lệnh kiểm tra của hệ thống phát hiện mọi thay đổi, và mã SHA-256 của niêm phong có trong biên bản giao nhận.',
  howLimits: 'Gói này KHÔNG chứng minh:'
}
