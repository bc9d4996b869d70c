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
  boxRevoked: { message: 'The box {box} is revoked.', hint: 'If it may work again, enrol it again with a new code.' },
  peerRefused: {
    message: 'The certificate of the device is refused: {reason}',
    hint: 'Renew it or enrol the box again; if it happens again, tell the administrator.'
  },
  recoveryRefused: {
    message: 'The certificate cannot be recovered: {reason}',
    hint: 'Enrol the box again with a new code.'
  },
  tooManyCodes: {
    message: 'Too many enrolment codes are alive.',
    hint: 'Wait until the old ones expire (60 minutes), then make a new one.'
  }
}
