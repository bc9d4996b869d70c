import type { base as vi } from '../vi/base.ts'

export const base: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {
  diskFull: {
    message: 'The disk or the quota is full: {reason}',
    hint: 'Free space or raise the quota, then try again.'
  },
  readOnly: {
    message: 'The file system is read-only: {reason}',
    hint: 'Check the disk and its mount, then mount it for writing again.'
  },
  storeDamaged: {
    message: 'A store is damaged: {reason}',
    hint: 'Stop the program, keep the file as it is and restore a backup.'
  },
  busy: { message: 'Busy: {reason}', hint: 'Wait, then try again.' },
  unreachable: {
    message: 'Cannot connect: {reason}',
    hint: 'Check the address, the link and the firewall, then try again.'
  },
  noPermission: {
    message: 'Not permitted: {reason}',
    hint: 'Run it as the service account, or with administrator rights.'
  },
  noSuchFile: { message: 'No such file: {reason}', hint: 'Check the path.' },
  interrupted: { message: 'Interrupted.', hint: 'Run it again; what was finished is kept.' },
  internal: {
    message: 'Internal error: {reason}',
    hint: 'Send the log to the administrator; this is a defect of the software.'
  },
  unsealFailed: {
    message: 'A sealed secret cannot be opened.',
    hint: 'Check the key file; if the key is lost, enter the camera password again.'
  },
  badJson: {
    message: 'The file {path} is not readable JSON: {reason}',
    hint: 'Mend the file, or make it again with the command that made it.'
  },
  badShape: {
    message: '{what} does not have the right shape: {reason}',
    hint: 'Correct the named field, then try again.'
  }
}
