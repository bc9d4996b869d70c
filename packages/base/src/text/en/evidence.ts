import type { evidence as vi } from '../vi/evidence.ts'

export const evidence: { [Key in keyof typeof vi]: (typeof vi)[Key] } = {
  certificateUnreadable: {
    message: 'A certificate is unreadable or not in its DER encoding.',
    hint: 'Fetch the certificate from the centre again.'
  },
  certificateNotValid: {
    message: 'The certificate of {subject} is valid from {from} to {to}, not at {at}.',
    hint: 'Check the clock; if the certificate has expired, judge it at the time of the time stamp.'
  },
  certificateUsage: {
    message: 'The certificate of {subject} is not one for sealing.',
    hint: 'Only digitalSignature with nonRepudiation and no extended key usage is accepted.'
  },
  chainUntrusted: {
    message: 'The certificate of {subject} does not lead to the given root.',
    hint: 'Check that the right root certificate was used, from a source independent of the package.'
  },
  sealUnreadable: {
    message: 'The seal is unreadable (no CMS SignedData).',
    hint: 'Fetch the seal from the centre again.'
  },
  sealProfile: {
    message: 'The seal has bytes that differ from the one accepted form.',
    hint: 'The seal was changed; fetch it from the centre again.'
  },
  sealContent: {
    message: 'The content is not what was sealed.',
    hint: 'The content or the seal was changed; compare the SHA-256 with the hand-over record.'
  },
  sealSignature: {
    message: 'The signature of the seal is wrong.',
    hint: 'The seal was changed or made by another key; do not use this package.'
  }
}
