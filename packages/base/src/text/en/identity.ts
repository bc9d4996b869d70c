import type { identity as vi } from '../vi/identity.ts'

export const identity: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {
  badRequest: {
    message: 'The certificate request is not valid.',
    hint: 'It must be a PKCS#10 request of a P-256 key, signed by that key; run the enrolment on the box again.'
  },
  codeUnknown: {
    message: 'The enrolment code is wrong, used or expired.',
    hint: 'Check each character; if it still fails, ask the administrator for a new code.'
  },
  tooManyTries: { message: 'Too many tries from this address.', hint: 'Wait {seconds} seconds, then try again.' },
  boxUnknown: { message: 'There is no box {box}.', hint: 'See the boxes with: matthan-control box list' },
  peerRefused: {
    message: 'The certificate of the device is refused: {reason}',
    hint: 'Renew it or enrol the box again; if it happens again, tell the administrator.'
  },
  recoveryRefused: {
    message: 'The certificate cannot be recovered: {reason}',
    hint: 'Enrol the box again with a new code.'
  },
  nameTaken: { message: 'There is a box named {name}.', hint: 'Choose another name, or revoke the old box first.' },
  tooManyRenewals: {
    message: 'The box {box} asked for too many certificates in a day.',
    hint: 'Wait until tomorrow; its log says why it asks.'
  },
  noSuchPath: { message: 'There is nothing at this address.', hint: 'Compare the versions of the box and the centre.' },
  socketTaken: {
    message: 'Another centre runs at {path}.',
    hint: 'Only one centre may run on one data folder; stop the other one first.'
  },
  tooManyCodes: {
    message: 'Too many enrolment codes are alive.',
    hint: 'Wait until the old ones expire (60 minutes), then make a new one.'
  },
  // the box's side
  boxNotEnrolled: {
    message: 'This box is not enrolled.',
    hint: 'Ask for an enrolment code at the centre and run: matthan-agent enroll --server HOST:PORT'
  },
  boxAlreadyEnrolled: {
    message: 'This box is enrolled already.',
    hint: 'To enrol it again, stop the agent and move the folder identity away first.'
  },
  boxCodeShape: {
    message: 'The enrolment code is not of the right form.',
    hint: 'It has 16 characters, like KQ7M-2XTD-9F3A-7BCD; check each of them.'
  },
  boxServerShape: {
    message: 'The address of the centre "{server}" is not of the right form.',
    hint: 'Use HOST:PORT, for example centre.example.vn:8445'
  },
  boxWrongCentre: {
    message: 'The server {host} is not the centre that gave this code; the code was not sent.',
    hint: 'Check address and code. If both are right, somebody stands between: tell an administrator.'
  },
  boxBadChain: {
    message: 'The certificate of the server {host} is of no use ({reason}); nothing was sent.',
    hint: 'Check the clock of the box and the address of the centre; else tell an administrator.'
  },
  boxAnswerWrong: {
    message: 'The answer of the centre is wrong ({reason}); the box did not take it.',
    hint: 'Tell the administrator of the centre, then enrol again.'
  },
  boxBadAnswer: {
    message: 'The server {url} gave an odd answer: {reason}',
    hint: 'Check host and port; it may not be the join port of the centre.'
  },
  boxUnreachable: {
    message: '{url} cannot be reached: {reason}',
    hint: 'Check address, network and firewall, then try again.'
  },
  boxDamaged: {
    message: 'The identity in {folder} is damaged: {reason}',
    hint: 'Restore the folder from a backup, or enrol again with a new code.'
  }
}
