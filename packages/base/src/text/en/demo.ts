import type { demo as vi } from '../vi/demo.ts'

export const demo: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {
  title: 'Matthan: a centre, a ward box, {cameras} simulated cameras.',
  starting: 'Starting the centre, the box and the cameras …',
  noRoot: 'No root: every program runs as the present user, the three accounts are not separated.',
  recording: 'All {cameras} cameras are recording.',
  health: 'The centre has the health of {channels} channels and the retention of {viewpoints} viewpoints.',
  waitingForFootage: 'Waiting for enough footage for the clip (about {seconds} s) …',
  requested: 'Clip requested: {viewpoint}, from {from} to {to}.',
  progress: '  {percent} %  {done} / {total} MB  {rate} MB/s  {left} s left',
  arrived: 'Package {evidence} has arrived: {originals} originals, {megabytes} MB.',
  provedSame: '✓ Every original is byte for byte the file on the box ({count} files).',
  provedSums: '✓ sha256sum -c: every file of the package has its hash; there is no extra file.',
  provedSeal: '✓ openssl cms -verify: the seal of the centre is valid, up to the root certificate.',
  provedVerify: '✓ matthan-control clip verify: nothing differs.',
  provedGap: '✓ The range that was asked for is covered: {from} – {to}.',
  took: 'From the first command to a verified package: {seconds} s.',
  staysUp: 'The system stays up. Ctrl+C stops it. Try in another terminal:',
  tryStatus: 'the state of the box',
  tryBoxes: 'the boxes, as the centre sees them',
  tryClip: 'another clip',
  tryVerify: 'verify the package that arrived',
  tryDoctor: 'check the box, step by step',
  kept: 'The package, the originals and the root certificate are in {folder}.',
  copied: 'Hard links into {folder} are not possible (another disk): the originals were copied.',
  stopping: 'Stopping …',
  badUsage: {
    message: 'The command is wrong: {reason}',
    hint: 'Use: npm run demo -- [--once] [--json] [--keep FOLDER]'
  },
  failed: { message: 'The demo could not prove: {what}', hint: 'See the logs in {folder}.' },
  clipFailed: 'the clip ended as {state}',
  originalDiffers: '{name} differs from the file on the box',
  toolRefused: '{tool} says: {reason}'
}
