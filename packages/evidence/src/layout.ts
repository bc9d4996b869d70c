import { statementName, statementSealName } from '@matthan/protocol/evidence'

/** Names in a package: a bag after BagIt 1.0 (RFC 8493), sealed over its tag manifest. ASCII only. */
export const layout = {
  declaration: 'bagit.txt',
  info: 'bag-info.txt',
  manifest: 'manifest-sha256.txt',
  /** Lists every file but itself, the payload and signatures/: what the seal is over. */
  tagManifest: 'tagmanifest-sha256.txt',
  howToVerify: 'VERIFY.txt',
  certificates: 'trust/certificates.pem',
  seal: 'signatures/seal.p7s',
  originals: 'data/original/',
  playable: 'data/playable/',
  evidence: 'data/metadata/evidence.json',
  statement: `data/metadata/${statementName}`,
  statementSeal: `data/metadata/${statementSealName}`,
  segments: 'data/metadata/segments.csv',
  gaps: 'data/metadata/gaps.csv',
  tools: 'data/metadata/tools.log'
} as const

/** What may lie in signatures/ beside the seal: made after it, so no manifest knows it. Time stamp, officer's own seal, log proof. */
export const laterSignatures: readonly string[] = [
  'signatures/seal.p7s.tsr',
  'signatures/officer.p7s',
  'signatures/seal.tlog-proof'
]

/** RFC 8493 2.1.1. */
export const bagDeclaration = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'

/** A path that may stand in a manifest: plain ASCII names below the bag, none of them `.` or `..`. */
export const isSafePath = (path: string): boolean =>
  path.length <= 300 && path.split('/').every(name => /^[0-9A-Za-z_][0-9A-Za-z_.-]*$/.test(name))
