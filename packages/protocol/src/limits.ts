/** Limits both sides keep. Sizes in bytes, times in milliseconds. Sources: 0-decisions (Wire, Listeners), 5-security B5. */
export const limits = {
  /** Largest MQTT packet before CONNACK: a CONNECT with our will fits many times. */
  packetBeforeConnack: 8 * 1024,
  /** Largest MQTT packet after CONNACK. */
  packetAfterConnack: 128 * 1024,
  /** What a box may have sent and not seen acknowledged, per lane. */
  windowRecords: 64,
  windowBytes: 96 * 1024,
  /** Time from TLS to CONNECT. */
  connectDeadlineMs: 5000,
  handshakesInFlight: 20,
  messagesPerSecond: 20,
  messageBurst: 100,
  drainDeadlineMs: 15_000,
  keepAliveSeconds: 30,
  heartbeatEveryMs: 30_000,
  /** Longest clip one order may ask for. */
  clipRangeMs: 24 * 3600_000,
  /** Clock of a request may be this far ahead before "in the future" is said. */
  clockSlackMs: 120_000,
  /** Statement of a box: this many segments fit a day of 10 s segments twice. */
  statementBytes: 16 * 1024 * 1024,
  sealBytes: 64 * 1024,
  /** One original; a 15 min segment at 40 Mbit/s is 4.5 GB. */
  originalBytes: 8 * 1024 ** 3,
  /** PATCH size: from the measured throughput, at most 30 s of link. */
  patchLeastBytes: 64 * 1024,
  patchMostBytes: 8 * 1024 * 1024,
  patchLinkMs: 30_000,
  uploadIdleMs: 60_000,
  /** Ids of executed orders are kept until their expiry plus this. */
  orderMemoryMs: 30 * 24 * 3600_000,
  spoolBytes: 256 * 1024 * 1024,
  enrolCodeLifeMs: 60 * 60_000,
  enrolTries: 5,
  certificateDays: 30,
  renewAfterDays: 10,
  recoverDays: 90,
  snapshotBytes: 4 * 1024 * 1024
} as const
