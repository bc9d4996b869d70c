import type { KeyObject, webcrypto } from 'node:crypto'

/** Who this box is, as enrolment made it. Read from `identity/` in the data folder. */
export type Identity = {
  readonly boxId: string
  readonly name: string
  /** PEM of the connection's key, and of its certificate followed by the issuing one. Replaced at each renewal: read it when connecting. */
  readonly tls: { key: string; cert: string }
  /** The root certificate, PEM. */
  readonly ca: string
  /** Signs what the box states (ECDSA P-256, for WebCrypto). */
  readonly statementKey: webcrypto.CryptoKey
  /** DER. */
  readonly statementCert: Uint8Array
  /** The authority's issuing certificate, DER. */
  readonly issuing: Uint8Array
  /** Public keys that sign orders and receipts, by key id. */
  readonly commandKeys: ReadonlyMap<string, KeyObject>
  /** `mqtts://host:port`. */
  readonly mqttUrl: string
  /** `https://host:port`. */
  readonly deviceUrl: string
  /** `https://host:port` of the join listener: recovery and the time. */
  readonly joinUrl: string
}
