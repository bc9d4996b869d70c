/** Sentences of the room `agent`. */
export const agent = {
  // footage
  recorderSilent: {
    message: 'Phần mềm ghi hình không trả lời trong {seconds} giây.',
    hint: 'Kiểm tra dịch vụ matthan-recorder; yêu cầu sẽ được gửi lại.'
  },
  recorderRefused: {
    message: 'Phần mềm ghi hình không thực hiện được: {reason}',
    hint: 'Xem nhật ký của matthan-recorder, rồi thử lại.'
  },
  outsideFootage: {
    message: 'Đường dẫn {path} nằm ngoài thư mục ghi hình.',
    hint: 'Không được đặt liên kết trong thư mục ghi hình; kiểm tra ai đã tạo nó.'
  },
  badId: { message: '“{id}” không phải là mã hợp lệ.', hint: 'Dùng mã do chương trình in ra.' },
  noSuchViewpoint: {
    message: 'Đầu ghi này không có điểm quan sát {viewpointId}.',
    hint: 'Xem các điểm quan sát bằng `matthan-agent camera list`.'
  },
  noSuchHold: {
    message: 'Đầu ghi này không bảo toàn dữ liệu nào theo mã {holdId}.',
    hint: 'Kiểm tra lại mã; có thể mã đó thuộc đầu ghi khác.'
  },
  holdQuota: {
    message: 'Hạn mức bảo toàn dữ liệu không đủ: cần {wantedBytes} byte, cho phép {quotaBytes} byte.',
    hint: 'Kết thúc bảo toàn những phần không còn cần, rồi thử lại.'
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
    message: 'Tệp gốc {path} đã thay đổi từ khi ghi: giá trị băm {sha256}, lúc ghi là {recorded}.',
    hint: 'Giữ nguyên ổ cứng và báo người quản trị: tệp này không còn dùng làm dữ liệu gốc được.'
  },
  badReceipt: {
    message: 'Biên nhận của trung tâm không đúng ({reason}).',
    hint: 'Báo người quản trị trung tâm; dữ liệu vẫn được giữ trên đầu ghi.'
  },
  uploadRefused: {
    message: 'Trung tâm không nhận dữ liệu: {reason}',
    hint: 'Xem trạng thái của yêu cầu tại trung tâm, rồi yêu cầu lại.'
  },
  uploadIncomplete: {
    message: 'Trung tâm vẫn báo thiếu tệp của yêu cầu {orderId}.',
    hint: 'Báo người quản trị trung tâm kiểm tra kho dữ liệu.'
  },
  centreBusy: { message: 'Trung tâm đang bận ({reason}).', hint: 'Không cần làm gì; đầu ghi sẽ tự thử lại.' },
  otherOrigin: {
    message: 'Trung tâm chỉ tới một địa chỉ khác ({origin}); đầu ghi không gửi tới đó.',
    hint: 'Kiểm tra cấu hình địa chỉ của trung tâm.'
  },
  snapshotTooLarge: {
    message: 'Ảnh chụp quá lớn ({bytes} byte).',
    hint: 'Chọn luồng hình có độ phân giải nhỏ hơn cho điểm quan sát này.'
  },
  // link, orders, spool
  centreUnreachable: {
    message: 'Không kết nối được với trung tâm: {reason}',
    hint: 'Kiểm tra đường truyền và đồng hồ của đầu ghi; đầu ghi tự kết nối lại, không mất dữ liệu.'
  },
  centreSilent: {
    message: 'Trung tâm không xác nhận dữ liệu đã gửi.',
    hint: 'Không cần làm gì trên đầu ghi; đầu ghi kết nối lại và gửi lại. Kiểm tra máy chủ trung tâm.'
  },
  orderKeyUnknown: {
    message: 'Lệnh được ký bằng khóa lạ {keyId}.',
    hint: 'Lệnh bị bỏ qua. Nếu trung tâm vừa đổi khóa lệnh, hãy đăng ký lại đầu ghi.'
  },
  orderSignature: {
    message: 'Chữ ký của lệnh không đúng (khóa {keyId}).',
    hint: 'Lệnh bị bỏ qua. Báo người quản trị: có thể ai đó đang giả lệnh.'
  },
  orderForAnother: {
    message: 'Lệnh gửi cho đầu ghi khác ({box}).',
    hint: 'Lệnh bị bỏ qua. Báo người quản trị nếu lặp lại.'
  },
  orderCancelled: { message: 'Lệnh đã bị hủy.', hint: 'Ra lệnh mới nếu vẫn cần.' },
  holdOnly: {
    message: 'Trung tâm vừa được khôi phục từ bản cũ; đầu ghi chỉ nhận lệnh bảo toàn dữ liệu và trích xuất.',
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
  noSuchCamera: {
    message: 'Đầu ghi này không có camera {camera}.',
    hint: 'Xem danh sách bằng: matthan-agent camera list'
  },
  noSuchStream: {
    message: 'Camera không có luồng {stream}.',
    hint: 'Xem các luồng bằng: matthan-agent camera probe ĐỊA_CHỈ'
  },
  badDays: { message: 'Số ngày lưu “{text}” không hợp lệ.', hint: 'Dùng một số nguyên từ 0 đến 3650.' },
  secretInArgument: {
    message: '{option} chỉ nhận dấu -: bí mật trên dòng lệnh thì mọi người dùng máy này đều đọc được.',
    hint: 'Bỏ {option} để được hỏi, hoặc viết {option} - và đưa qua đầu vào chuẩn.'
  },
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
  cliAbout: 'Mắt thần tại đầu ghi: theo dõi camera, bảo toàn dữ liệu ghi hình, báo về trung tâm.',
  cliExamples:
    '  # Đăng ký đầu ghi với trung tâm; mã đăng ký được hỏi, không viết trên dòng lệnh\n  matthan-agent enroll --server trungtam.example:8445\n  # Thêm một camera; mật khẩu được hỏi\n  matthan-agent camera add onvif://10.0.0.11 --name "Ngã tư chợ" --required-days 30 --user admin\n  # Kiểm tra từng mục và xem phải làm gì\n  matthan-agent doctor',
  cliRun: 'Chạy phần mềm tại đầu ghi cho đến khi bị dừng',
  cliEnroll: 'Đăng ký đầu ghi với trung tâm bằng mã dùng một lần',
  cliCamera: 'Camera: thêm, hỏi, liệt kê, gỡ',
  cliCameraAdd: 'Thêm camera (ONVIF hoặc RTSP); chạy lại thì cập nhật',
  cliCameraProbe: 'Hỏi camera là loại gì và có những luồng nào',
  cliCameraList: 'Liệt kê camera của đầu ghi',
  cliCameraRemove: 'Ngừng ghi một camera; hình đã ghi vẫn được giữ',
  cliStatus: 'Tình trạng của đầu ghi',
  cliDoctor: 'Kiểm tra từng mục và nói phải làm gì',
  cliClip: 'Đoạn ghi hình',
  cliClipExtract: 'Trích xuất dữ liệu gốc vào một thư mục, không cần trung tâm',
  optData: 'thư mục dữ liệu của đầu ghi',
  optJson: 'trả lời bằng một dòng JSON',
  optServer: 'địa chỉ đăng ký của trung tâm, máy:cổng',
  optCode: 'mã đăng ký: chỉ nhận - (đọc từ đầu vào chuẩn)',
  optName: 'tên điểm quan sát',
  optDays: 'số ngày phải lưu, 0 là không quy định',
  optPlace: 'nơi đặt',
  optUser: 'tên đăng nhập của camera',
  optPassword: 'mật khẩu của camera: chỉ nhận - (đọc từ đầu vào chuẩn)',
  optPasswordFile: 'tệp chứa mật khẩu của camera; - là đọc từ đầu vào chuẩn',
  optStream: 'luồng cần ghi: best (tốt nhất), all (tất cả), hoặc mã luồng',
  optViewpoint: 'mã hoặc tên điểm quan sát',
  optFrom: 'từ lúc: dd/MM/yyyy HH:mm:ss (giờ Việt Nam) hoặc RFC 3339',
  optTo: 'đến lúc, viết như --from',
  optOut: 'thư mục sẽ được tạo ra',
  optReason: 'lý do, được ghi vào nhật ký quản lý dữ liệu',
  askCode: 'Mã đăng ký: ',
  askPassword: 'Mật khẩu của camera: ',
  whatCode: 'mã đăng ký',
  whatPassword: 'mật khẩu',
  saidEnrolled:
    'Đã đăng ký đầu ghi “{name}” ({boxId}).\nTiếp theo: khởi động dịch vụ (matthan-agent run), rồi matthan-agent doctor',
  saidCameraAdded: 'Đã thêm “{name}” (kênh {channelId}).',
  saidCameraUpdated: '“{name}” đã có; đã cập nhật (kênh {channelId}).',
  saidCameraRemoved: 'Đã ngừng ghi “{name}”. Hình đã ghi vẫn được giữ theo thời gian lưu trữ.',
  saidNoCameras: 'Chưa có camera nào. Thêm bằng: matthan-agent camera add <địa chỉ> --name <tên>',
  saidExtracted: 'Đã trích xuất {segments} tệp nguyên trạng, {size}, {gaps} khoảng mất ghi hình, vào {folder}',
  saidNothingRecorded:
    'Không có hình nào được ghi trong khoảng thời gian này; bản xác nhận của đầu ghi về việc đó nằm trong {folder}',
  days: '{days} ngày',
  statusBox: 'Đầu ghi',
  statusBoxId: 'Mã đầu ghi',
  statusNotEnrolled: 'chưa đăng ký; xem matthan-agent enroll --help',
  statusAgent: 'Phần mềm tại đầu ghi',
  statusRunning: 'đang chạy',
  statusStopped: 'không chạy',
  statusCentre: 'Trung tâm',
  statusOnline: 'đã kết nối từ {since}',
  statusOffline: 'mất kết nối từ {since}. {error}',
  statusCertificate: 'Chứng thư có hiệu lực đến',
  statusSpool: 'Chờ gửi về trung tâm',
  statusSpoolSize: '{records} dữ kiện, {size}',
  statusNoConditions: 'Không có tình trạng bất thường.',
  colViewpoint: 'Điểm quan sát',
  colViewpointId: 'Mã điểm quan sát',
  colChannelId: 'Mã kênh',
  colState: 'Trạng thái',
  colBitRate: 'Tốc độ bit',
  colFrameRate: 'Khung hình/giây',
  colPlace: 'Nơi đặt',
  colRequiredDays: 'Phải lưu',
  colAddress: 'Địa chỉ',
  colStream: 'Luồng',
  colCodec: 'Chuẩn nén',
  colSize: 'Độ phân giải',
  colSound: 'Âm thanh',
  colCondition: 'Tình trạng bất thường',
  colSince: 'Từ lúc (UTC+7)',
  colMaker: 'Hãng',
  colModel: 'Kiểu máy',
  colFirmware: 'Firmware',
  colSerial: 'Số sê-ri',
  stateRecording: 'đang ghi',
  stateStarting: 'đang bắt đầu',
  stateStalled: 'luồng hình bị đứng',
  stateWaiting: 'đang chờ camera',
  stateDisabled: 'đã tắt',
  stateUnknown: 'không rõ',
  doctorClock: 'Đồng hồ được đồng bộ',
  doctorClockDo: 'Bật đồng bộ giờ (systemd-timesyncd hoặc chrony) và mở cổng UDP 123 tới máy chủ giờ.',
  doctorFootage: 'Thư mục lưu hình ghi được',
  doctorFootageDo: 'Kiểm tra ổ cứng đã được gắn vào {folder} và thuộc tài khoản matthan-rec.',
  doctorSpace: 'Ổ cứng còn chỗ',
  doctorSpaceDo: 'Kết thúc bảo toàn những phần không còn cần, giảm số ngày lưu hoặc thay ổ lớn hơn.',
  doctorRecorder: 'Phần mềm ghi hình đang chạy',
  doctorRecorderDo: 'Khởi động lại: systemctl restart matthan-recorder; xem nhật ký: journalctl -u matthan-recorder',
  doctorCamera: 'Camera “{name}” trả lời',
  doctorCameraDo: 'Kiểm tra nguồn, cáp mạng, địa chỉ và mật khẩu của camera.',
  doctorEnrolled: 'Đầu ghi đã đăng ký',
  doctorEnrolledDo: 'Xin mã đăng ký tại trung tâm rồi chạy: matthan-agent enroll --server <máy:cổng>',
  doctorCertificate: 'Chứng thư còn hạn',
  doctorCertificateDo: 'Đầu ghi tự gia hạn khi chạy và kết nối được; nếu quá hạn đã 90 ngày, đăng ký lại.',
  doctorLink: 'Trung tâm trả lời tại {url}',
  doctorLinkDo: 'Kiểm tra đường truyền, tường lửa (cổng TCP đi ra) và đồng hồ của đầu ghi.',
  doctorGood: 'ĐẠT',
  doctorBad: 'CHƯA ĐẠT',
  doctorDaysLeft: 'còn {days} ngày',
  doctorBytesFree: 'còn trống {free} / {total}'
}
