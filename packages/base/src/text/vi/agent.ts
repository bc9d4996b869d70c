/** Sentences of the room `agent`. */
export const agent = {
  // footage
  recorderSilent: {
    message: 'Chương trình ghi hình không trả lời trong {seconds} giây.',
    hint: 'Kiểm tra dịch vụ matthan-recorder; yêu cầu sẽ được gửi lại.'
  },
  recorderRefused: {
    message: 'Chương trình ghi hình không làm được: {reason}',
    hint: 'Xem nhật ký của matthan-recorder, rồi thử lại.'
  },
  outsideFootage: {
    message: 'Đường dẫn {path} nằm ngoài thư mục ghi hình.',
    hint: 'Không được đặt liên kết trong thư mục ghi hình; kiểm tra ai đã tạo nó.'
  },
  badId: { message: '“{id}” không phải là mã hợp lệ.', hint: 'Dùng mã do chương trình in ra.' },
  noSuchViewpoint: {
    message: 'Hộp này không có điểm quan sát {viewpointId}.',
    hint: 'Xem các điểm quan sát bằng `matthan-agent camera list`.'
  },
  noSuchHold: {
    message: 'Hộp này không có lệnh lưu giữ {holdId}.',
    hint: 'Kiểm tra lại mã; có thể lệnh lưu giữ thuộc hộp khác.'
  },
  holdQuota: {
    message: 'Hạn mức lưu giữ không đủ: cần {wantedBytes} byte, cho phép {quotaBytes} byte.',
    hint: 'Giải phóng các phần lưu giữ không còn cần, rồi thử lại.'
  },
  rangeBackwards: {
    message: 'Khoảng thời gian kết thúc ({to}) trước khi bắt đầu ({from}).',
    hint: 'Đổi lại giờ bắt đầu và giờ kết thúc.'
  },
  rangeTooLong: {
    message: 'Khoảng thời gian từ {from} đến {to} dài hơn {hours} giờ.',
    hint: 'Chia thành nhiều lần, mỗi lần không quá {hours} giờ.'
  },
  segmentChanged: {
    message: 'Tệp gốc {path} đã thay đổi từ khi ghi: mã băm {sha256}, lúc ghi là {recorded}.',
    hint: 'Giữ nguyên ổ đĩa và báo người quản trị: tệp này không còn dùng làm dữ liệu gốc được.'
  },
  badReceipt: {
    message: 'Biên nhận của trung tâm không đúng ({reason}).',
    hint: 'Báo người quản trị trung tâm; dữ liệu vẫn được giữ trên hộp.'
  },
  uploadRefused: {
    message: 'Trung tâm không nhận dữ liệu: {reason}',
    hint: 'Xem trạng thái của yêu cầu tại trung tâm, rồi yêu cầu lại.'
  },
  uploadIncomplete: {
    message: 'Trung tâm vẫn báo thiếu tệp của yêu cầu {orderId}.',
    hint: 'Báo người quản trị trung tâm kiểm tra kho dữ liệu.'
  },
  centreBusy: { message: 'Trung tâm đang bận ({reason}).', hint: 'Không cần làm gì; hộp sẽ tự thử lại.' },
  otherOrigin: {
    message: 'Trung tâm chỉ tới một địa chỉ khác ({origin}); hộp không gửi tới đó.',
    hint: 'Kiểm tra cấu hình địa chỉ của trung tâm.'
  },
  snapshotTooLarge: {
    message: 'Ảnh chụp quá lớn ({bytes} byte).',
    hint: 'Chọn luồng hình nhỏ hơn cho điểm quan sát này.'
  },
  // link, orders, spool
  centreUnreachable: {
    message: 'Không kết nối được với trung tâm: {reason}',
    hint: 'Kiểm tra đường truyền và đồng hồ của hộp; hộp tự kết nối lại, không mất dữ liệu.'
  },
  centreSilent: {
    message: 'Trung tâm không xác nhận dữ liệu đã gửi.',
    hint: 'Không cần làm gì trên hộp; hộp kết nối lại và gửi lại. Kiểm tra máy chủ trung tâm.'
  },
  orderKeyUnknown: {
    message: 'Lệnh được ký bằng khóa lạ {keyId}.',
    hint: 'Lệnh bị bỏ qua. Nếu trung tâm vừa đổi khóa lệnh, hãy ghi danh lại hộp.'
  },
  orderSignature: {
    message: 'Chữ ký của lệnh không đúng (khóa {keyId}).',
    hint: 'Lệnh bị bỏ qua. Báo người quản trị: có thể ai đó đang giả lệnh.'
  },
  orderForAnother: {
    message: 'Lệnh gửi cho hộp khác ({box}).',
    hint: 'Lệnh bị bỏ qua. Báo người quản trị nếu lặp lại.'
  },
  orderCancelled: { message: 'Lệnh đã bị hủy.', hint: 'Ra lệnh mới nếu vẫn cần.' },
  holdOnly: {
    message: 'Trung tâm vừa được khôi phục từ bản cũ; hộp chỉ nhận lệnh lưu giữ và trích xuất.',
    hint: 'Người quản trị xác nhận việc khôi phục tại trung tâm, rồi ra lệnh lại.'
  },
  recordTooLarge: {
    message: 'Bản ghi {kind} quá lớn ({bytes} byte).',
    hint: 'Gửi nhật ký cho người quản trị; đây là lỗi của phần mềm.'
  },
  alreadyRunning: {
    message: 'Một chương trình matthan-agent khác đang chạy trên thư mục dữ liệu này.',
    hint: 'Dừng chương trình kia trước, hoặc dùng thư mục dữ liệu khác.'
  },
  // commands
  badConfig: { message: 'Tệp cấu hình {path} không đúng: {reason}', hint: 'Sửa trường được nêu trong tệp.' },
  noSuchCamera: { message: 'Hộp này không có camera {camera}.', hint: 'Xem danh sách bằng: matthan-agent camera list' },
  noSuchStream: {
    message: 'Camera không có luồng {stream}.',
    hint: 'Xem các luồng bằng: matthan-agent camera probe ĐỊA_CHỈ'
  },
  badDays: { message: 'Số ngày lưu “{text}” không hợp lệ.', hint: 'Dùng một số nguyên từ 0 đến 3650.' },
  badInstant: {
    message: 'Không hiểu thời điểm “{text}”.',
    hint: 'Dùng dd/MM/yyyy HH:mm:ss (giờ Việt Nam), hoặc RFC 3339 có múi giờ, ví dụ 2026-11-24T08:30:00+07:00.'
  },
  badUsage: { message: 'Lệnh không đúng: {reason}', hint: 'Xem cách dùng với --help.' },
  secretMissing: {
    message: 'Chưa có {what}: không có gì ở đầu vào chuẩn.',
    hint: 'Nhập khi được hỏi, hoặc đưa qua đầu vào chuẩn hay tệp; không bao giờ trên dòng lệnh.'
  },
  outputTaken: { message: 'Thư mục {folder} đã có và không trống.', hint: 'Chọn một thư mục chưa có.' },
  viewpointAmbiguous: {
    message: 'Có nhiều điểm quan sát tên “{name}”.',
    hint: 'Dùng mã thay cho tên; xem bằng: matthan-agent camera list'
  },
  doctorSummary: 'Đạt {good} trong {checks} mục.',
  // sentences of the commands
  cliAbout: 'Mắt thần trên hộp: theo dõi camera, giữ cảnh quay, gửi về trung tâm.',
  cliRun: 'Chạy chương trình của hộp cho đến khi bị dừng',
  cliEnroll: 'Ghi danh hộp với trung tâm bằng mã dùng một lần',
  cliCamera: 'Thêm, dò, liệt kê, gỡ camera',
  cliCameraAdd: 'Thêm camera (ONVIF hoặc RTSP); chạy lại chỉ cập nhật',
  cliCameraProbe: 'Hỏi camera là gì và có những luồng nào',
  cliCameraList: 'Liệt kê camera của hộp',
  cliCameraRemove: 'Ngừng ghi một camera; cảnh đã ghi vẫn được giữ',
  cliStatus: 'Tình trạng của hộp',
  cliDoctor: 'Kiểm tra từng mục và nói phải làm gì',
  cliClip: 'Đoạn cảnh quay',
  cliClipExtract: 'Trích cảnh quay gốc vào một thư mục, không cần trung tâm',
  optData: 'thư mục dữ liệu của hộp',
  optJson: 'trả lời bằng một đối tượng JSON',
  optServer: 'địa chỉ ghi danh của trung tâm, MÁY:CỔNG',
  optCode: 'mã ghi danh; - là đọc từ đầu vào chuẩn',
  optName: 'tên điểm quan sát',
  optDays: 'số ngày phải lưu, 0 là không quy định',
  optPlace: 'nơi đặt',
  optUser: 'tên đăng nhập của camera',
  optPassword: 'mật khẩu của camera: chỉ nhận - (đọc từ đầu vào chuẩn)',
  optPasswordFile: 'tệp chứa mật khẩu của camera; - là đọc từ đầu vào chuẩn',
  optStream: 'luồng cần ghi: best (mặc định), all, hoặc mã luồng',
  optViewpoint: 'mã hoặc tên điểm quan sát',
  optFrom: 'từ lúc',
  optTo: 'đến lúc',
  optOut: 'thư mục sẽ được tạo ra',
  optReason: 'lý do, ghi vào chứng từ',
  askCode: 'Mã ghi danh: ',
  askPassword: 'Mật khẩu của camera: ',
  whatCode: 'mã ghi danh',
  whatPassword: 'mật khẩu',
  saidEnrolled: 'Đã ghi danh hộp “{name}” ({boxId}). Chạy: matthan-agent run',
  saidCameraAdded: 'Đã thêm “{name}” ({channelId}).',
  saidCameraUpdated: '“{name}” đã có; đã cập nhật ({channelId}).',
  saidCameraRemoved: 'Đã ngừng ghi “{name}”. Cảnh đã ghi vẫn được giữ theo thời hạn.',
  saidNoCameras: 'Chưa có camera nào. Thêm bằng: matthan-agent camera add --name TÊN ĐỊA_CHỈ',
  saidExtracted: 'Đã trích {segments} tệp gốc, {bytes} byte, {gaps} khoảng trống, vào {folder}',
  saidNothingRecorded: 'Không có cảnh nào được ghi trong khoảng này; chứng từ nói rõ điều đó nằm trong {folder}',
  statusBox: 'Hộp: {name} ({boxId})',
  statusNotEnrolled: 'Hộp chưa ghi danh.',
  statusRunning: 'Chương trình của hộp: đang chạy',
  statusStopped: 'Chương trình của hộp: không chạy',
  statusOnline: 'Trung tâm: đã kết nối từ {since}',
  statusOffline: 'Trung tâm: mất kết nối từ {since}. {error}',
  statusSpool: 'Chờ gửi: {records} bản ghi, {bytes} byte',
  statusCamera: '{state}  {name}  ({viewpointId})',
  statusCondition: 'Cảnh báo: {title}, từ {since}',
  stateRecording: 'đang ghi',
  stateStarting: 'đang bắt đầu',
  stateStalled: 'đứng hình',
  stateWaiting: 'đang chờ camera',
  stateDisabled: 'đã tắt',
  stateUnknown: 'không rõ',
  doctorClock: 'Đồng hồ được đồng bộ',
  doctorClockDo: 'Bật đồng bộ giờ (systemd-timesyncd hoặc chrony) và mở cổng UDP 123 tới máy chủ giờ.',
  doctorFootage: 'Thư mục cảnh quay ghi được',
  doctorFootageDo: 'Kiểm tra ổ đĩa đã được gắn vào {folder} và thuộc tài khoản matthan-rec.',
  doctorSpace: 'Ổ đĩa còn chỗ',
  doctorSpaceDo: 'Gỡ các phần lưu giữ không còn cần, giảm số ngày lưu hoặc thay ổ lớn hơn.',
  doctorRecorder: 'Chương trình ghi hình đang chạy',
  doctorRecorderDo: 'Khởi động lại: systemctl restart matthan-recorder; xem nhật ký: journalctl -u matthan-recorder',
  doctorCamera: 'Camera “{name}” trả lời',
  doctorCameraDo: 'Kiểm tra nguồn, cáp mạng, địa chỉ và mật khẩu của camera.',
  doctorEnrolled: 'Hộp đã ghi danh',
  doctorEnrolledDo: 'Xin mã ghi danh rồi chạy: matthan-agent enroll --server MÁY:CỔNG',
  doctorCertificate: 'Chứng thư còn hạn',
  doctorCertificateDo: 'Hộp tự gia hạn khi chạy và kết nối được; nếu quá 90 ngày, ghi danh lại.',
  doctorLink: 'Trung tâm trả lời tại {url}',
  doctorLinkDo: 'Kiểm tra đường truyền, tường lửa (cổng TCP đi ra) và đồng hồ của hộp.',
  doctorGood: 'ĐẠT',
  doctorBad: 'CHƯA ĐẠT',
  doctorDaysLeft: 'còn {days} ngày',
  doctorBytesFree: 'còn trống {free} / {total} byte'
}
