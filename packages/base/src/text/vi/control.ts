/** Sentences of the room `control`. */
export const control = {
  noBox: { message: 'Không có hộp nào là {box}.', hint: 'Xem danh sách: matthan-control box list.' },
  boxAmbiguous: { message: 'Có nhiều hộp tên {box}.', hint: 'Dùng mã hộp thay cho tên: matthan-control box list.' },
  boxRevoked: { message: 'Hộp {box} đã bị thu hồi.', hint: 'Đăng ký lại thiết bị bằng mã mới.' },
  noViewpoint: {
    message: 'Không có điểm quan sát nào là {viewpoint}.',
    hint: 'Xem danh sách: matthan-control viewpoint list.'
  },
  viewpointAmbiguous: {
    message: 'Có nhiều điểm quan sát tên {viewpoint}.',
    hint: 'Dùng mã điểm quan sát thay cho tên: matthan-control viewpoint list.'
  },
  noClip: { message: 'Không có yêu cầu trích xuất nào là {clip}.', hint: 'Xem danh sách: matthan-control clip list.' },
  noOrder: { message: 'Hộp này không có lệnh {orderId}.', hint: 'Kiểm tra mã lệnh.' },
  clipTooLate: {
    message: 'Yêu cầu {clip} đang ở trạng thái {state}, không hủy được nữa.',
    hint: 'Đợi yêu cầu hoàn thành; gói đã niêm phong không bị xóa.'
  },
  clipFailed: {
    message: 'Yêu cầu {clip} không hoàn thành: {reason}',
    hint: 'Xem chi tiết: matthan-control clip status {clip}.'
  },
  clipCancelled: { message: 'Yêu cầu {clip} đã bị hủy.', hint: 'Tạo yêu cầu mới nếu vẫn cần dữ liệu.' },
  noReceipt: {
    message: 'Hộp báo đã gửi xong nhưng trung tâm chưa nhận đủ.',
    hint: 'Tạo lại yêu cầu; dữ liệu vẫn được giữ trên hộp.'
  },
  rangeReversed: { message: 'Thời điểm kết thúc phải sau thời điểm bắt đầu.', hint: 'Kiểm tra lại --from và --to.' },
  rangeTooLong: { message: 'Khoảng thời gian dài quá {hours} giờ.', hint: 'Chia thành nhiều yêu cầu ngắn hơn.' },
  rangeInFuture: {
    message: 'Khoảng thời gian chưa kết thúc.',
    hint: 'Đợi đến khi hình ảnh đã được ghi, hoặc kiểm tra đồng hồ và múi giờ.'
  },
  orderNeverDelivered: {
    message: 'Lệnh hết hạn trước khi hộp kết nối lại.',
    hint: 'Kiểm tra nguồn điện và đường truyền của hộp, rồi tạo lại yêu cầu.'
  },
  orderNeverAnswered: {
    message: 'Hộp đã nhận lệnh nhưng không trả lời.',
    hint: 'Kiểm tra hộp, rồi tạo lại yêu cầu.'
  },
  conditionNotYours: {
    message: 'Tình trạng {code} chỉ do trung tâm xác định.',
    hint: 'Cập nhật phần mềm của hộp.'
  },
  notAllowed: { message: 'Không được phép: {permission}.', hint: 'Dùng tài khoản có quyền này.' },
  alreadyInitialised: {
    message: 'Thư mục {folder} đã có trung tâm.',
    hint: 'Chạy: matthan-control serve --data {folder}.'
  },
  notInitialised: {
    message: 'Thư mục {folder} chưa có trung tâm.',
    hint: 'Chạy: matthan-control init --data {folder}.'
  },
  alreadyRunning: {
    message: 'Một trung tâm khác đang chạy trên thư mục {folder}.',
    hint: 'Dừng trung tâm đó trước; không bao giờ chạy hai trung tâm trên một kho.'
  },
  notRunning: {
    message: 'Trung tâm không chạy trên thư mục {folder}.',
    hint: 'Chạy: matthan-control serve --data {folder}.'
  },
  badInstant: {
    message: 'Không hiểu thời điểm "{text}".',
    hint: 'Viết 24/11/2026 08:30:00 (giờ Việt Nam) hoặc 2026-11-24T08:30:00+07:00.'
  },
  badPorts: { message: 'Không hiểu cổng "{text}".', hint: 'Viết: 8443,8444,8883,8445 (web, hộp, MQTT, đăng ký).' },
  checkFailed: {
    message: 'Kiểm tra kho dữ liệu thấy {count} sai lệch.',
    hint: 'Giữ nguyên thư mục dữ liệu và báo người quản trị.'
  },
  verifyFailed: {
    message: 'Gói không còn nguyên vẹn: {count} sai lệch.',
    hint: 'Không sử dụng gói này; lấy lại từ trung tâm.'
  },
  initialised: 'Đã tạo trung tâm "{name}" trong {folder}. Dấu chứng thư gốc: {caHash}. Chuyển {rootKey} ra khỏi máy.',
  serving: 'Trung tâm đang chạy. Web {web}, hộp {device}, MQTT {mqtt}, đăng ký {join}.',
  stopped: 'Trung tâm đã dừng.',
  codeMade: 'Mã đăng ký của {name}: {code} (dùng một lần, trước {until}).',
  boxRevokedDone: 'Đã thu hồi {name}.',
  boxLine: '{boxId}  {state}  {online}  {lastSeen}  {name}',
  online: 'trực tuyến',
  offline: 'mất kết nối',
  never: 'chưa từng',
  stateExpected: 'chờ đăng ký',
  stateEnrolled: 'đã đăng ký',
  stateRevoked: 'đã thu hồi',
  viewpointLine: '{viewpointId}  {requiredDays} ngày  {box}  {name}',
  clipLine: '{evidenceId}  {state}  {from} → {to}  {viewpoint}  {requestedBy}',
  clipRequested: 'Đã tạo yêu cầu {evidenceId} ({clipId}).',
  clipReady: 'Gói {evidenceId} đã sẵn sàng: {path}. Mã kiểm tra toàn vẹn: {seal}',
  clipNoFootage: 'Không có hình ảnh nào được ghi trong khoảng thời gian của {evidenceId}.',
  clipProgress: '{state}  {done} / {total}  {rate}/s  còn {left}',
  clipState_requested: 'đã yêu cầu',
  clipState_waitingForBox: 'chờ hộp kết nối',
  clipState_holding: 'đang giữ dữ liệu',
  clipState_uploading: 'đang truyền',
  clipState_verifying: 'đang kiểm tra',
  clipState_packaging: 'đang đóng gói',
  clipState_ready: 'sẵn sàng',
  clipState_noFootage: 'không có hình ảnh',
  clipState_failed: 'không hoàn thành',
  clipState_cancelled: 'đã hủy',
  clipCancelDone: 'Đã hủy {evidenceId}.',
  orderLine: '{orderId}  {kind}  {state}  {created}',
  healthLine: '{severity}  {box}  {code}  từ {since}  {subject}',
  healthNone: 'Không có tình trạng bất thường.',
  statusLine:
    '{name}: {online}/{boxes} hộp trực tuyến, {conditions} tình trạng bất thường, {clips} yêu cầu đang xử lý.',
  checkLine: '{what}: đã kiểm tra {checked}, sai lệch {wrong}',
  checkFine: 'Kho dữ liệu đúng.',
  verifyFine: 'Gói còn nguyên vẹn và có niêm phong hợp lệ: {folder}',
  commandServe: 'Chạy trung tâm',
  commandInit: 'Tạo trung tâm mới trong thư mục dữ liệu',
  commandBox: 'Hộp: thêm, thu hồi, xem',
  commandViewpoint: 'Điểm quan sát',
  commandClip: 'Trích xuất hình ảnh: yêu cầu, theo dõi, kiểm tra gói',
  commandOrder: 'Lệnh đã gửi cho hộp',
  commandHealth: 'Tình trạng bất thường đang có',
  commandStatus: 'Tóm tắt trung tâm',
  commandCheck: 'Kiểm tra các bất biến của kho dữ liệu'
}
