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
  },
  badInstant: {
    message: 'The instant "{text}" is not understood.',
    hint: 'Write 24/11/2026 08:30:00 (time of Viet Nam), or RFC 3339 with its zone: 2026-11-24T08:30:00+07:00.'
  },
  usageNoCommand: { message: 'It was not said what to do.', hint: 'Choose one of the commands above.' },
  usageMissing: { message: '{what} is missing.', hint: 'See how it is used: add --help to the command.' },
  usageNoValue: { message: 'The option {what} needs a value.', hint: 'See how it is used: add --help to the command.' },
  usageUnknown: {
    message: 'There is no command or option {what}.',
    hint: 'See how it is used: add --help to the command.'
  },
  usageTooMany: {
    message: 'Too many arguments: {what}.',
    hint: 'Put a name with spaces in quotes; see how it is used with --help.'
  },
  usageWrong: {
    message: 'The command line is not understood: {reason}',
    hint: 'See how it is used: add --help to the command.'
  },
  helpUsage: 'Usage:',
  helpOptions: 'Options:',
  helpCommands: 'Commands:',
  helpArguments: 'Arguments:',
  helpDefault: 'default',
  helpVersion: 'print the version',
  helpHelp: 'show the help of the command',
  helpOf: 'show the help of a command',
  helpExamples: 'Examples:',
  helpExitCodes:
    'Exit codes:\n  0 done   1 failed   2 wrong usage   3 wrong configuration   4 box not enrolled\n  5 cannot connect   6 refused   7 verification failed   8 busy   130 interrupted',
  arg_address: 'address',
  arg_box: 'box',
  arg_camera: 'camera',
  arg_clip: 'clip',
  arg_command: 'command',
  arg_days: 'days',
  arg_file: 'file',
  arg_folder: 'folder',
  arg_host: 'host',
  arg_host_port: 'host:port',
  arg_instant: 'instant',
  arg_label: 'label',
  arg_name: 'name',
  arg_options: 'options',
  arg_ports: 'ports',
  arg_place: 'place',
  arg_seconds: 'seconds',
  arg_stream: 'stream',
  arg_text: 'text',
  arg_viewpoint: 'viewpoint'
}
