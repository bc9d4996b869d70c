import type { control as vi } from '../vi/control.ts'

export const control: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {
  noBox: { message: 'There is no box {box}.', hint: 'See the list: matthan-control box list.' },
  boxAmbiguous: { message: 'Several boxes are called {box}.', hint: 'Use the id instead: matthan-control box list.' },
  boxRevoked: { message: 'The box {box} is revoked.', hint: 'Enrol the device again with a new code.' },
  noViewpoint: {
    message: 'There is no viewpoint {viewpoint}.',
    hint: 'See the list: matthan-control viewpoint list.'
  },
  viewpointAmbiguous: {
    message: 'Several viewpoints are called {viewpoint}.',
    hint: 'Use the id instead: matthan-control viewpoint list.'
  },
  noClip: { message: 'There is no clip {clip}.', hint: 'See the list: matthan-control clip list.' },
  noOrder: { message: 'This box has no order {orderId}.', hint: 'Check the id of the order.' },
  clipTooLate: {
    message: 'Clip {clip} is {state} and can no longer be cancelled.',
    hint: 'Wait for its end; a sealed package is never deleted.'
  },
  clipFailed: { message: 'Clip {clip} failed: {reason}', hint: 'See: matthan-control clip status {clip}.' },
  clipCancelled: { message: 'Clip {clip} was cancelled.', hint: 'Request it again if it is still needed.' },
  noReceipt: {
    message: 'The box says that all was sent, but the centre has not received everything.',
    hint: 'Request it again; the footage is still held on the box.'
  },
  rangeReversed: { message: 'The end must lie after the beginning.', hint: 'Check --from and --to.' },
  rangeTooLong: { message: 'The range is longer than {hours} hours.', hint: 'Make several shorter requests.' },
  rangeInFuture: {
    message: 'The range has not ended yet.',
    hint: 'Wait until it is recorded, or check the clock and the time zone.'
  },
  orderNeverDelivered: {
    message: 'The order expired before the box came back.',
    hint: "Check the box's power and line, then request again."
  },
  orderNeverAnswered: {
    message: 'The box got the order and never answered.',
    hint: 'Check the box, then request again.'
  },
  conditionNotYours: {
    message: 'Only the centre can tell the condition {code}.',
    hint: 'Update the software of the box.'
  },
  notAllowed: { message: 'Not allowed: {permission}.', hint: 'Use an account that has this permission.' },
  alreadyInitialised: {
    message: 'There is a centre in {folder} already.',
    hint: 'Run: matthan-control serve --data {folder}.'
  },
  notInitialised: { message: 'There is no centre in {folder}.', hint: 'Run: matthan-control init --data {folder}.' },
  alreadyRunning: {
    message: 'Another centre runs on {folder}.',
    hint: 'Stop it first; two centres must never run on one store.'
  },
  notRunning: { message: 'No centre runs on {folder}.', hint: 'Run: matthan-control serve --data {folder}.' },
  badInstant: {
    message: 'The instant "{text}" is not understood.',
    hint: 'Write 24/11/2026 08:30:00 (time of Viet Nam) or 2026-11-24T08:30:00+07:00.'
  },
  badPorts: {
    message: 'The ports "{text}" are not understood.',
    hint: 'Write: 8443,8444,8883,8445 (web, device, MQTT, join).'
  },
  checkFailed: {
    message: 'The check of the data folder found {count} faults.',
    hint: 'Leave the data folder as it is and tell the administrator.'
  },
  verifyFailed: {
    message: 'The package is not intact: {count} faults.',
    hint: 'Do not use this package; fetch it from the centre again.'
  },
  initialised: 'Made the centre "{name}" in {folder}. Root fingerprint: {caHash}. Take {rootKey} off this machine.',
  serving: 'The centre is up. Web {web}, boxes {device}, MQTT {mqtt}, joining {join}.',
  stopped: 'The centre has stopped.',
  codeMade: 'Enrolment code of {name}: {code} (once, before {until}).',
  boxRevokedDone: 'Revoked {name}.',
  boxLine: '{boxId}  {state}  {online}  {lastSeen}  {name}',
  online: 'online',
  offline: 'offline',
  never: 'never',
  stateExpected: 'expected',
  stateEnrolled: 'enrolled',
  stateRevoked: 'revoked',
  viewpointLine: '{viewpointId}  {requiredDays} days  {box}  {name}',
  clipLine: '{evidenceId}  {state}  {from} → {to}  {viewpoint}  {requestedBy}',
  clipRequested: 'Requested {evidenceId} ({clipId}).',
  clipReady: 'Package {evidenceId} is ready: {path}. Seal code: {seal}',
  clipNoFootage: 'Nothing was recorded in the range of {evidenceId}.',
  clipProgress: '{state}  {done} / {total}  {rate}/s  {left} left',
  clipState_requested: 'requested',
  clipState_waitingForBox: 'waiting for the box',
  clipState_holding: 'holding footage',
  clipState_uploading: 'uploading',
  clipState_verifying: 'verifying',
  clipState_packaging: 'packaging',
  clipState_ready: 'ready',
  clipState_noFootage: 'nothing recorded',
  clipState_failed: 'failed',
  clipState_cancelled: 'cancelled',
  clipCancelDone: 'Cancelled {evidenceId}.',
  orderLine: '{orderId}  {kind}  {state}  {created}',
  healthLine: '{severity}  {box}  {code}  since {since}  {subject}',
  healthNone: 'No condition is raised.',
  statusLine: '{name}: {online}/{boxes} boxes online, {conditions} conditions, {clips} clips under way.',
  checkLine: '{what}: {checked} checked, {wrong} wrong',
  checkFine: 'The data folder is right.',
  verifyFine: 'The package is intact and its seal is valid: {folder}',
  commandServe: 'Run the centre',
  commandInit: 'Make a new centre in the data folder',
  commandBox: 'Boxes: add, revoke, look',
  commandViewpoint: 'Viewpoints',
  commandClip: 'Clips: request, follow, verify a package',
  commandOrder: 'Orders given to boxes',
  commandHealth: 'Conditions that are raised',
  commandStatus: 'The centre in one line',
  commandCheck: 'Prove the invariants on the data folder'
}
