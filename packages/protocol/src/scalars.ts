import { z } from 'zod'

/** Lower-case UUID (v7 where we make it): the only kind of name that may become a topic, a path or a key. */
export const Id = z.uuid().regex(/^[0-9a-f-]{36}$/)

/** Milliseconds since 1970-01-01T00:00:00Z. Upper bound: the year 9999, so that a broken clock stays printable. */
export const Milliseconds = z.int().min(0).max(253_402_300_799_999)

/** SHA-256 as 64 lower-case hex digits: what `sha256sum` prints. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const Bytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
export const Count = z.int().min(0)

/** Text from people and devices: NFC, no control characters, so that the same name is the same bytes. */
export const text = (most: number) =>
  z
    .string()
    .transform(s =>
      s
        .normalize('NFC')
        .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
        .trim()
    )
    .pipe(z.string().max(most))

/** A name that people read; never a key, a path or a folder. */
export const Name = text(200).pipe(z.string().min(1))

/** I8: every stored instant says which clock made it and whether that clock was synchronised. */
export const At = z.object({ ms: Milliseconds, clock: z.enum(['box', 'centre']), synchronised: z.boolean() })
export type At = z.infer<typeof At>

/** A range of time, half open: from ≤ t < to. */
export const Range = z
  .object({ fromMs: Milliseconds, toMs: Milliseconds })
  .refine(r => r.toMs > r.fromMs, 'range ends before it starts')
export type Range = z.infer<typeof Range>

/** An error as it crosses the wire: a kind, a key of the text catalogue and its parameters; the reader's side makes the sentence. */
export const WireError = z.object({
  kind: z.enum([
    'usage',
    'config',
    'notEnrolled',
    'unreachable',
    'refused',
    'verification',
    'busy',
    'notFound',
    'exhausted',
    'dataLoss',
    'internal'
  ]),
  key: z.string().max(100),
  params: z.record(z.string().max(60), z.union([z.string().max(2000), z.number()])).default({})
})
export type WireError = z.infer<typeof WireError>
