/**
 * One integer; additions only. A reader ignores fields that it does not know; a missing field means "not known",
 * never "empty". Change the number only together with a line here.
 *
 *   1  2026-11-24  first: hello, heartbeat, six facts, result, progress, bye; ack, order.
 */
export const protocolVersion = 1
