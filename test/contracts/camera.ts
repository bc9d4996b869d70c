import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { CameraAddress } from '@matthan/agent/camera/address'
import type { CameraFacts, CameraSource, Credential } from '@matthan/agent/camera/camera'
import { fromUnknown } from '@matthan/base/error'
import { expect, test } from 'vitest'

/** A camera that the suite may ask, and what must be found. */
export type CameraUnderTest = {
  source: CameraSource
  address: CameraAddress
  credential: Credential
  streams: { url: string; codec: string; width: number; height: number }[]
  /** The same kind of address, where nobody listens. */
  nobody: CameraAddress
  /** The same kind of address; takes the connection and says nothing. */
  silent: CameraAddress
}

/** Argument vectors of every process that may be seen. */
const everyCommandLine = async (): Promise<string> => {
  const processes = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const lines = await Promise.all(processes.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.join('\n')
}

const failure = async (probe: Promise<CameraFacts>) => {
  const error = await probe.then(
    () => expect.unreachable('the probe should fail'),
    reason => fromUnknown(reason)
  )
  return error
}

/** What every implementation of the port `CameraSource` keeps. */
export const cameraContract = (camera: () => CameraUnderTest): void => {
  const deadlineMs = 15_000

  test('finds every stream, with its codec and size, at an address without a sign-in', async () => {
    const { source, address, credential, streams } = camera()
    const facts = await source.probe(address, credential, { deadlineMs })
    expect(facts.kind).toBe(address.kind)
    expect(facts.streams.map(({ rtspUrl, codec, width, height }) => ({ url: rtspUrl, codec, width, height }))).toEqual(
      streams
    )
    expect(new Set(facts.streams.map(stream => stream.token)).size).toBe(streams.length)
    expect(JSON.stringify(facts)).not.toContain(credential.password)
  }, 30_000)

  test('shows the password to no other process', async () => {
    const { source, address, credential } = camera()
    let seen = ''
    let probing = true
    const probe = source.probe(address, credential, { deadlineMs }).finally(() => {
      probing = false
    })
    while (probing) {
      seen += await everyCommandLine()
      await promisify(execFile)('true')
    }
    await probe
    expect(seen).not.toContain(credential.password)
    expect(seen).not.toContain(encodeURIComponent(credential.password))
  }, 30_000)

  test('says that a wrong or missing sign-in was refused, without repeating it', async () => {
    const { source, address, credential } = camera()
    const wrong = { ...credential, password: 'not-the-one' }
    for (const given of [wrong, undefined]) {
      const error = await failure(source.probe(address, given, { deadlineMs }))
      expect(error).toMatchObject({ kind: 'refused', key: 'camera.signInRefused' })
      expect(JSON.stringify([error.params, error.message, String(error.cause)])).not.toContain('not-the-one')
    }
  }, 30_000)

  test('says that nobody is there', async () => {
    const { source, nobody, credential } = camera()
    const error = await failure(source.probe(nobody, credential, { deadlineMs }))
    expect(error).toMatchObject({ kind: 'unreachable', key: 'camera.unreachable' })
    expect(JSON.stringify([error.params, error.message])).not.toContain(encodeURIComponent(credential.password))
  }, 30_000)

  test('gives up at the deadline', async () => {
    const { source, silent, credential } = camera()
    const started = performance.now()
    const error = await failure(source.probe(silent, credential, { deadlineMs: 1500 }))
    expect(error).toMatchObject({ kind: 'unreachable', key: 'camera.tooSlow' })
    expect(performance.now() - started).toBeLessThan(3000)
  }, 30_000)

  test('stops when it is told to', async () => {
    const { source, silent, credential } = camera()
    const stop = new AbortController()
    const probe = failure(source.probe(silent, credential, { deadlineMs, signal: stop.signal }))
    stop.abort()
    expect(await probe).toMatchObject({ key: 'base.interrupted' })
    await expect(source.probe(silent, credential, { deadlineMs, signal: stop.signal })).rejects.toThrow()
  }, 30_000)
}
