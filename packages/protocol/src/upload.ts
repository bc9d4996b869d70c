import { z } from 'zod'
import { Bytes, Id, Milliseconds, Sha256 } from './scalars.ts'

/**
 * Bytes, box → centre: tus 1.0 on the box listener. `POST /uploads` with `Upload-Length` and `Upload-Metadata:
 * orderId <b64>,name <b64>`; HEAD and PATCH on the answered location. Statement first, its seal second, then the originals
 * that the statement names, each with exactly the stated length. Then `POST /uploads/<orderId>/complete`.
 */
export const uploadPath = '/uploads'
export const completePath = (orderId: string): string => `${uploadPath}/${orderId}/complete`
export const snapshotName = 'snapshot.jpg'

/** The text that a receipt signs: the box frees its copy only on this. */
export const ReceiptPayload = z.object({
  what: z.literal('matthan.receipt'),
  orderId: Id,
  boxId: Id,
  receivedMs: Milliseconds,
  files: z.array(z.object({ name: z.string().max(100), bytes: Bytes, sha256: Sha256 })).max(20_002)
})
export type ReceiptPayload = z.infer<typeof ReceiptPayload>

/** As `SignedOrder`: ECDSA P-256 with SHA-256, DER, base64url, over the UTF-8 bytes of `payload`, by the centre's command key. */
export const SignedReceipt = z.object({
  payload: z.string().max(8_000_000),
  keyId: z.string().max(64),
  sig: z.string().max(200)
})
export type SignedReceipt = z.infer<typeof SignedReceipt>
