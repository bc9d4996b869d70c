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
  },
  framesUnreadable: {
    message: 'The frames of {file} cannot be read: {reason}',
    hint: 'Check that the file is whole and ffmpeg is installed.'
  },
  bagExists: {
    message: 'The folder {folder} exists already; a package is never overwritten.',
    hint: 'Choose another package number, or check the package that is there.'
  },
  bagUnsafeName: {
    message: 'The file name {file} is not allowed in a package.',
    hint: 'Use only ASCII letters, digits, underscore, hyphen and dot.'
  },
  bagFileOther: {
    message: 'The file {file} is not of the size that was recorded.',
    hint: 'Check the vault with the command check; do not issue this package.'
  },
  noPackage: {
    message: 'There is no package at {folder}.',
    hint: 'Unpack the package and name the folder that has the file bagit.txt.'
  },
  tooLarge: {
    message: 'The file {file} is larger than {bytes} bytes and cannot be one of a package.',
    hint: 'The package was changed; fetch it from the centre again.'
  },
  copyDiffers: {
    message: 'The playable copy {file} differs from the originals from frame {line} on.',
    hint: 'Do not issue this package; check the originals with ffmpeg.'
  },
  findMissing: '{file}: missing',
  findChanged: '{file}: content was changed',
  findSwapped: '{file}: swapped; its content is that of {other}',
  findExtra: '{file}: added; it does not belong to the package',
  findNotListed: '{file}: not listed in a manifest',
  findNotPlain: '{file}: no ordinary file (a link or a device)',
  findUnreadable: '{file}: unreadable ({reason})',
  findBadLines: '{file}: malformed lines: {lines}',
  findNotCanonical: '{file}: not in its one form (order or line ends)',
  findForeignPath: '{file}: lists a path that is not its own: {path}',
  findNoBag: '{file}: does not declare BagIt 1.0',
  findOxum: '{file}: says {wanted}, found {found} (bytes.files)',
  findBadFacts: '{file}: does not have the right structure',
  findContradiction: '{file}: contradicts the statement of the box or the package in {field}',
  findNotAsStated: '{file}: differs from what the package states of it',
  findNotStated: '{file}: nobody states this file',
  findBoxSealed: '{file}: sealed with the key of a box, not of the centre',
  findOtherBox: '{file}: the statement is not signed by the box {box}',
  findFrames: '{file}: frame {line} differs from the originals',
  incomplete: 'Incomplete: parts of the requested period have no footage; see the list of gaps and their causes.',
  limitStatus: 'This is extracted data. Only an authorised person decides whether it is evidence.',
  limitBefore:
    'The seal proves that the files have not changed since packing; the SHA-256 from the time of recording is a statement of the software on the box.',
  limitBox: 'It does not prove that the software on the box was not tampered with when it recorded.',
  limitClock:
    'Times are those of the clock of the box; its offset was measured at the extraction only. The offset at the time of recording is not determined.',
  limitScene:
    'It does not prove that the pictures show the scene truly, and a signature by the camera (if there is one) was not checked.',
  limitTimeStamp: 'There is no time stamp by a third party; the time of sealing is a statement of the centre.',
  limitPlayable:
    'The copies in data/playable are for convenient viewing; the unmodified data are the files in data/original.',
  howTitle: 'HOW TO VERIFY THE EXTRACTED DATA PACKAGE {id}',
  howIntroduction:
    'Open a command line in this folder. Ordinary tools are enough; no software of the system is needed.\nThe file {root} is the root certificate: take it from a source independent of this package and compare its fingerprint; those in trust/ are a convenience.\nOn Windows, openssl comes with Git for Windows or with OpenSSL for Windows.',
  howSealCode: 'The seal code and the hash of the seal must equal those on the hand-over record.',
  howFiles: 'No file is missing or changed (no output is good).',
  howExtra: 'No file was added; step 2 does not notice added files (no output is good).',
  howSeal: 'The centre sealed these files (must say "CAdES Verification successful").',
  howStatement:
    'The box signed its statement, and the statement has the hashes of the originals (no line "NOT STATED").',
  howFrames: 'The playable copies show exactly the frames of the originals (no output is good; needs ffmpeg).',
  howExpired: 'Where a certificate has expired since, add the time of sealing to the openssl command, for example:',
  howFlips:
    'Note: openssl accepts some changed bytes in a seal that do not touch the signature; the verifier of the system finds every change, and the SHA-256 of the seal stands on the hand-over record.',
  howLimits: 'What this package does NOT prove:'
}
