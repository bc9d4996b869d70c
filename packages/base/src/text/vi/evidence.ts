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
  }
}
