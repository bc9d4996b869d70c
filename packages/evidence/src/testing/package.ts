import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { hashFile } from '@matthan/base/files'
import { boxUri } from '@matthan/protocol/enrolment'
import { Statement } from '@matthan/protocol/evidence'
import { type Bag, buildBag } from '../bag.ts'
import { describeEvidence } from '../describe.ts'
import { sha256Hex } from '../digest.ts'
import { makePlayable, type Original } from '../playable.ts'
import { openSeal, sealBytes } from '../seal.ts'
import { makeAuthority, makeKey, type TestAuthority, type TestKey, testNowMs } from './keys.ts'

export const boxId = '0198c0de-0000-7000-8000-00000000000b'
const channelId = '0198c0de-0000-7000-8000-000000000001'
const runId = '0198c0de-0000-7000-8000-000000000002'
const idOf = (n: number): string => `0198c0de-0000-7000-8000-0000000001${String(n).padStart(2, '0')}`
export const recordedMs = Date.UTC(2026, 10, 24, 1, 30, 0)

export type TestKeys = { authority: TestAuthority; seal: TestKey; box: TestKey }

export const makeTestKeys = async (): Promise<TestKeys> => {
  const authority = await makeAuthority()
  const by = authority.issuing
  return {
    authority,
    seal: await makeKey({ name: 'Test seal', by }),
    box: await makeKey({ name: 'statement', by, uri: boxUri(boxId) })
  }
}

/** Segments of 4 s as the recorder writes them, hashed and named as a box states them. */
export const recordOriginals = async (folder: string): Promise<Original[]> => {
  mkdirSync(folder, { recursive: true })
  const options = 'movflags=frag_keyframe+empty_moov+default_base_moof:flush_packets=1:write_prft=wallclock'
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', 'testsrc2=size=160x96:rate=15', '-t', '12'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '15', '-f', 'segment', '-segment_time', '4'],
    ...['-segment_format', 'mp4', '-segment_format_options', options, join(folder, '%06d.mp4')]
  ])
  const originals: Original[] = []
  for (const index of [0, 1, 2]) {
    const path = join(folder, `00000${index}.mp4`)
    const { bytes, sha256 } = await hashFile(path)
    originals.push({
      path,
      name: `0198c0de_20261124T0130${String(index * 4).padStart(2, '0')}Z_${index}.mp4`,
      segmentId: idOf(index),
      channelId,
      runId,
      index,
      bytes,
      sha256,
      sha256AtPull: sha256,
      startMs: recordedMs + index * 4000,
      endMs: recordedMs + (index + 1) * 4000,
      mediaStartMs: index * 4000,
      mediaEndMs: (index + 1) * 4000,
      anchors: [{ fromMediaMs: 0, utcMinusMediaMs: recordedMs }],
      synchronised: true,
      videoCodec: 'h264',
      torn: false
    })
  }
  return originals
}

export const stateOriginals = (originals: Original[]): Statement =>
  Statement.parse({
    v: 1,
    what: 'matthan.acquisition',
    orderId: idOf(50),
    clipId: idOf(51),
    boxId,
    madeAt: { ms: testNowMs, clock: 'box', synchronised: true },
    agentVersion: '0.1.0',
    bootId: 'boot',
    viewpoint: { viewpointId: idOf(52), name: 'Cổng chợ Thủ Dầu Một', place: 'Phường Thủ Dầu Một' },
    asked: { fromMs: recordedMs + 1500, toMs: recordedMs + 20_000 },
    delivered: originals.length > 0 ? { fromMs: recordedMs + 1000, toMs: recordedMs + 12_000 } : undefined,
    complete: false,
    segments: originals,
    gaps: [{ fromMs: recordedMs + 12_000, toMs: recordedMs + 20_000, cause: 'power' }],
    clock: { offsetMs: 120, uncertaintyMs: 40, reference: 'centre', measuredMs: testNowMs },
    device: { maker: 'Test' }
  })

/** A package at `folder`, from start to end as the centre makes it. */
export const makePackage = async (
  folder: string,
  options: { keys: TestKeys; originals: Original[]; workFolder: string; signStatement?: TestKey; signSeal?: TestKey }
): Promise<Bag> => {
  const { keys, originals, workFolder } = options
  const statement = stateOriginals(originals)
  const bytes = new TextEncoder().encode(JSON.stringify(statement))
  const issuing = keys.authority.issuing.certificate
  const roots = [keys.authority.root.certificate]
  const statementSeal = await sealBytes(bytes, { ...(options.signStatement ?? keys.box), issuing, atMs: testNowMs })
  const opened = await openSeal(statementSeal, bytes, { roots })
  mkdirSync(workFolder, { recursive: true })
  const { files, playable } = await makePlayable({
    originals,
    range: statement.asked,
    folder: workFolder,
    frames: AbortSignal.timeout(60_000)
  })
  return await buildBag({
    folder,
    evidence: describeEvidence({
      evidenceId: 'EV-2026-000123',
      atMs: testNowMs,
      synchronised: true,
      boxName: 'Hộp Phú Cường',
      request: { requestedBy: 'Trần Văn A', reason: 'Vụ việc tại chợ', requestedMs: testNowMs - 60_000 },
      statement,
      statementSha256: await sha256Hex(bytes),
      statementSignerSerial: opened.signerSerial,
      playable
    }),
    statement: bytes,
    statementSeal,
    originals,
    playable: files,
    tools: [{ tool: 'fragment copier', version: '0.1.0', command: 'cutClip', exitCode: 0, output: '' }],
    certificates: [roots[0]!, issuing, keys.seal.certificate],
    organisation: 'Trung tâm thông tin chỉ huy',
    software: 'matthan-control 0.1.0',
    seal: tagManifest => sealBytes(tagManifest, { ...(options.signSeal ?? keys.seal), issuing, atMs: testNowMs })
  })
}
