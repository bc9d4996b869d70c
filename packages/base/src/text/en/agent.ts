import type { agent as vi } from '../vi/agent.ts'

export const agent: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {
  // footage
  recorderSilent: {
    message: 'The recorder did not answer within {seconds} seconds.',
    hint: 'Check the service matthan-recorder; the request is made again.'
  },
  recorderRefused: {
    message: 'The recorder could not do it: {reason}',
    hint: 'See the log of matthan-recorder, then try again.'
  },
  outsideFootage: {
    message: 'The path {path} leads out of the footage folder.',
    hint: 'No links are allowed in the footage folder; find out who made it.'
  },
  badId: { message: '"{id}" is not a valid id.', hint: 'Use the id that the program printed.' },
  noSuchViewpoint: {
    message: 'This box has no viewpoint {viewpointId}.',
    hint: 'List the viewpoints with `matthan-agent camera list`.'
  },
  noSuchHold: { message: 'This box has no hold {holdId}.', hint: 'Check the id; the hold may be of another box.' },
  holdQuota: {
    message: 'The quota of holds is too small: {wantedBytes} bytes needed, {quotaBytes} bytes allowed.',
    hint: 'Release holds that are no longer needed, then try again.'
  },
  rangeBackwards: {
    message: 'The range ends ({to}) before it starts ({from}).',
    hint: 'Swap the start and the end.'
  },
  rangeTooLong: {
    message: 'The range from {from} to {to} is longer than {hours} hours.',
    hint: 'Ask in several parts of at most {hours} hours each.'
  },
  segmentChanged: {
    message: 'The original {path} has changed since it was recorded: digest {sha256}, when recorded {recorded}.',
    hint: 'Keep the disk as it is and tell the administrator: this file is no original any more.'
  },
  badReceipt: {
    message: 'The receipt of the centre is not right ({reason}).',
    hint: 'Tell the administrator of the centre; the box keeps its data.'
  },
  uploadRefused: {
    message: 'The centre does not take the data: {reason}',
    hint: 'See the state of the request at the centre, then ask again.'
  },
  uploadIncomplete: {
    message: 'The centre still misses files of the order {orderId}.',
    hint: 'Tell the administrator of the centre to check the vault.'
  },
  centreBusy: { message: 'The centre is busy ({reason}).', hint: 'Nothing to do; the box tries again by itself.' },
  otherOrigin: {
    message: 'The centre points to another address ({origin}); the box sends nothing there.',
    hint: 'Check the addresses in the configuration of the centre.'
  },
  snapshotTooLarge: {
    message: 'The picture is too large ({bytes} bytes).',
    hint: 'Choose a smaller stream for this viewpoint.'
  },
  // link, orders, spool
  centreUnreachable: {
    message: 'The centre cannot be reached: {reason}',
    hint: 'Check the network and the clock of the box; it connects again by itself and nothing is lost.'
  },
  centreSilent: {
    message: 'The centre does not acknowledge what was sent.',
    hint: 'Nothing to do on the box: it connects again and sends again. Check the server of the centre.'
  },
  orderKeyUnknown: {
    message: 'An order is signed with an unknown key {keyId}.',
    hint: 'The order was dropped. If the centre has a new command key, enrol the box again.'
  },
  orderSignature: {
    message: 'The signature of an order is wrong (key {keyId}).',
    hint: 'The order was dropped. Tell an administrator: somebody may be forging orders.'
  },
  orderForAnother: {
    message: 'The order is for another box ({box}).',
    hint: 'The order was dropped. Tell an administrator if it happens again.'
  },
  orderCancelled: { message: 'The order was cancelled.', hint: 'Give a new order if it is still wanted.' },
  holdOnly: {
    message: 'The centre was restored from an older copy; the box only takes orders to hold and to extract.',
    hint: 'An administrator confirms the restore at the centre; then give the order again.'
  },
  recordTooLarge: {
    message: 'A record {kind} is too large ({bytes} bytes).',
    hint: 'Send the log to an administrator; this is a defect of the program.'
  },
  alreadyRunning: {
    message: 'Another matthan-agent runs on this data folder.',
    hint: 'Stop that one first, or use another data folder.'
  },
  // commands
  badConfig: { message: 'The configuration {path} is wrong: {reason}', hint: 'Correct the field that is named.' },
  noSuchCamera: { message: 'This box has no camera {camera}.', hint: 'See the list with: matthan-agent camera list' },
  noSuchStream: {
    message: 'The camera has no stream {stream}.',
    hint: 'See its streams with: matthan-agent camera probe ADDRESS'
  },
  badDays: { message: 'The number of days "{text}" is not valid.', hint: 'Use a whole number from 0 to 3650.' },
  secretInArgument: {
    message: '{option} takes only a dash: every user of this machine can read a command line.',
    hint: 'Leave {option} out to be asked, or write {option} - and give it on standard input.'
  },
  secretMissing: {
    message: 'The {what} is missing: nothing came on standard input.',
    hint: 'Type it when asked, or give it on standard input or in a file; never on the command line.'
  },
  outputTaken: {
    message: 'The folder {folder} exists and is not empty.',
    hint: 'Choose a folder that does not exist.'
  },
  viewpointAmbiguous: {
    message: 'More than one viewpoint is called "{name}".',
    hint: 'Use the id instead of the name; see: matthan-agent camera list'
  },
  doctorSummary: '{good} of {checks} are right.',
  // sentences of the commands
  cliAbout: 'Mat than on the box: watches cameras, keeps footage, tells the centre.',
  cliExamples:
    '  # Enrol the box at the centre; the code is asked for, never written on the command line\n  matthan-agent enroll --server centre.example:8445\n  # Add a camera; its password is asked for\n  matthan-agent camera add onvif://10.0.0.11 --name "Market crossing" --required-days 30 --user admin\n  # Check one thing after the other, and see what to do\n  matthan-agent doctor',
  cliRun: 'Run the agent until it is stopped',
  cliEnroll: 'Enrol this box at the centre with a single-use code',
  cliCamera: 'Add, probe, list, remove cameras',
  cliCameraAdd: 'Add a camera (ONVIF or RTSP); again brings it up to date',
  cliCameraProbe: 'Ask a camera what it is and what it streams',
  cliCameraList: 'List the cameras of this box',
  cliCameraRemove: 'Stop recording a camera; its footage stays',
  cliStatus: 'How the box is',
  cliDoctor: 'Check one thing after the other and say what to do',
  cliClip: 'Clips',
  cliClipExtract: 'Extract originals into a folder, without the centre',
  optData: 'data folder of the box',
  optJson: 'answer with one line of JSON',
  optServer: 'join address of the centre, host:port',
  optCode: 'enrolment code: only - (standard input)',
  optName: 'name of the viewpoint',
  optDays: 'days of footage that must exist, 0 = none agreed',
  optPlace: 'where it is',
  optUser: 'user name at the camera',
  optPassword: 'password of the camera: only - (standard input)',
  optPasswordFile: 'file with the password of the camera; - reads standard input',
  optStream: 'stream to record: best, all, or its token',
  optViewpoint: 'id or name of the viewpoint',
  optFrom: 'from: dd/MM/yyyy HH:mm:ss (time of Viet Nam) or RFC 3339',
  optTo: 'to, written as --from',
  optOut: 'folder that is made',
  optReason: 'reason, kept in the custody log',
  askCode: 'Enrolment code: ',
  askPassword: 'Password of the camera: ',
  whatCode: 'enrolment code',
  whatPassword: 'password',
  saidEnrolled:
    'Box "{name}" ({boxId}) is enrolled.\nNext: start the service (matthan-agent run), then matthan-agent doctor',
  saidCameraAdded: '"{name}" was added (channel {channelId}).',
  saidCameraUpdated: '"{name}" was there; it is up to date (channel {channelId}).',
  saidCameraRemoved: '"{name}" is no longer recorded. Its footage stays for its time.',
  saidNoCameras: 'There is no camera yet. Add one with: matthan-agent camera add <address> --name <name>',
  saidExtracted: '{segments} originals, {size}, {gaps} gaps are in {folder}',
  saidNothingRecorded: 'Nothing was recorded in this range; the statement of the box that says so is in {folder}',
  days: '{days} days',
  statusBox: 'Box',
  statusBoxId: 'Box id',
  statusNotEnrolled: 'not enrolled; see matthan-agent enroll --help',
  statusAgent: 'Agent',
  statusRunning: 'running',
  statusStopped: 'not running',
  statusCentre: 'Centre',
  statusOnline: 'connected since {since}',
  statusOffline: 'not connected since {since}. {error}',
  statusCertificate: 'Certificate valid until',
  statusSpool: 'Waiting to be sent',
  statusSpoolSize: '{records} facts, {size}',
  statusNoConditions: 'No condition is raised.',
  colViewpoint: 'Viewpoint',
  colViewpointId: 'Viewpoint id',
  colChannelId: 'Channel id',
  colState: 'State',
  colBitRate: 'Bit rate',
  colFrameRate: 'Frames/s',
  colPlace: 'Place',
  colRequiredDays: 'To keep',
  colAddress: 'Address',
  colStream: 'Stream',
  colCodec: 'Codec',
  colSize: 'Resolution',
  colSound: 'Sound',
  colCondition: 'Condition',
  colSince: 'Since (UTC+7)',
  colMaker: 'Maker',
  colModel: 'Model',
  colFirmware: 'Firmware',
  colSerial: 'Serial number',
  stateRecording: 'recording',
  stateStarting: 'starting',
  stateStalled: 'stalled',
  stateWaiting: 'waiting for the camera',
  stateDisabled: 'disabled',
  stateUnknown: 'unknown',
  doctorClock: 'The clock is synchronised',
  doctorClockDo: 'Turn time synchronisation on (systemd-timesyncd or chrony) and let UDP 123 reach a time server.',
  doctorFootage: 'The footage folder can be written',
  doctorFootageDo: 'Check that the disk is mounted at {folder} and belongs to the user matthan-rec.',
  doctorSpace: 'There is space on the disk',
  doctorSpaceDo: 'Release holds that are not needed, lower the days to keep, or fit a larger disk.',
  doctorRecorder: 'The recorder is running',
  doctorRecorderDo: 'Start it again: systemctl restart matthan-recorder; its log: journalctl -u matthan-recorder',
  doctorCamera: 'Camera "{name}" answers',
  doctorCameraDo: 'Check power, network cable, address and password of the camera.',
  doctorEnrolled: 'The box is enrolled',
  doctorEnrolledDo: 'Ask for an enrolment code at the centre and run: matthan-agent enroll --server <host:port>',
  doctorCertificate: 'The certificate is valid',
  doctorCertificateDo: 'A running box that reaches the centre renews it by itself; 90 days after its end, enrol again.',
  doctorLink: 'The centre answers at {url}',
  doctorLinkDo: 'Check the network, the firewall (outgoing TCP) and the clock of the box.',
  doctorGood: 'OK',
  doctorBad: 'FAILED',
  doctorDaysLeft: '{days} days left',
  doctorBytesFree: '{free} of {total} free'
}
