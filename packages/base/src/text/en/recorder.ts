import type { recorder as vi } from '../vi/recorder.ts'

export const recorder: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {
  badMedia: {
    message: 'These bytes are no video of the expected form: {reason}',
    hint: 'The file may be damaged or cut short; leave it as it is and check the disk.'
  },
  badConfig: {
    message: 'The configuration file {path} is wrong: {reason}',
    hint: 'Mend the field that is named and save again; channels that record keep the old configuration.'
  },
  noFootageFolder: {
    message: 'The footage folder {path} cannot be used: {reason}',
    hint: 'Check that the disk is mounted and that the service user may write there.'
  },
  recorderRunning: {
    message: 'Another recorder is using the folder {path}.',
    hint: 'Stop it first; two programs must not record one camera.'
  },
  cannotStart: {
    message: 'ffmpeg cannot be run: {reason}',
    hint: 'Install the package ffmpeg and check the free space of the disk.'
  },
  pathOutside: {
    message: 'The path {path} lies outside the footage folder.',
    hint: 'Use only paths that the recorder wrote in its journal.'
  },
  programSummary: 'Records cameras without a break, independent of every other program.',
  runSummary: 'Record every channel of the configuration file until stopped.',
  configOption: 'the configuration file recorder.json',
  footageOption: 'the footage folder (recordings, holds, journal, requests, answers)',
  keyOption: 'the key file that opens sealed camera passwords',
  examples:
    '  # Record what the software on the box has set up\n  matthan-recorder run --config /var/lib/matthan-agent/recorder.json --footage /var/lib/matthan/footage --key /var/lib/matthan-agent/secret.key'
}
