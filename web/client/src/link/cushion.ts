/**
 * How long what arrives is kept back before it is shown and heard.
 *
 * What is lost on the way is sent again, a round trip later. A browser keeps less back than that, so
 * that each loss shows as a picture that stands still. On a line that loses packets less than half a
 * second more is the smaller harm; on all others nothing is kept back.
 */

import type { After } from './watch'

const LOOK_EVERY_MS = 500
/** So many packets missing within so long: the line loses some. One alone may be anything. */
const MISSING_MIN = 2
const WITHIN_MS = 2_000
/** A line that lost none for so long is a good one again. */
const GOOD_AFTER_MS = 20_000
/**
 * A round trip of 200 ms, and asking. Not less on a short way: what is lost may be lost between the
 * sender and the service, and that way is not known here.
 */
const LEAST_MS = 400
const MOST_MS = 600
/** Asked for again when it was missed, and sent: a round trip and a half, with what jitter takes. */
const ROUND_TRIPS = 1.5
const JITTER_MS = 150
/** Smaller changes are not worth the stretching of the sound. */
const STEP_MS = 60

/** W3C webrtc-stats, as far as it is read here. */
interface Figures {
  type: string
  nackCount?: number
  packetsLost?: number
  retransmittedPacketsReceived?: number
  currentRoundTripTime?: number
  nominated?: boolean
}

export class Cushion {
  // what had been missed by then: at the beginning nothing
  #before = 0
  #sinceMs: number | null = null
  #lostMs: number | null = null
  #keptMs = 0

  /**
   * @param reports of the connection
   * @param nowMs any clock
   * @returns milliseconds to keep back; 0: as the browser sees fit
   */
  look(reports: Iterable<RTCStats>, nowMs: number): number {
    let missing = 0
    let roundTripMs = 0
    for (const one of reports) {
      const figures = one as Figures
      if (figures.type === 'inbound-rtp') {
        missing += (figures.nackCount ?? 0) + Math.max(0, figures.packetsLost ?? 0)
        missing += figures.retransmittedPacketsReceived ?? 0
      } else if (figures.type === 'candidate-pair' && figures.nominated) {
        roundTripMs = (figures.currentRoundTripTime ?? 0) * 1_000
      }
    }
    if (missing - this.#before >= MISSING_MIN) this.#lostMs = nowMs
    if (this.#lostMs === nowMs || nowMs - (this.#sinceMs ??= nowMs) >= WITHIN_MS) {
      this.#before = missing
      this.#sinceMs = nowMs
    }
    if (this.#lostMs === null || nowMs - this.#lostMs > GOOD_AFTER_MS) return (this.#keptMs = 0)
    const wanted = Math.min(MOST_MS, Math.max(LEAST_MS, ROUND_TRIPS * roundTripMs + JITTER_MS))
    if (Math.abs(wanted - this.#keptMs) >= STEP_MS) this.#keptMs = Math.round(wanted)
    return this.#keptMs
  }
}

type Peer = Pick<RTCPeerConnection, 'getStats' | 'getReceivers'>

/**
 * Look at a connection from its beginning on, and have it keep back what is due.
 *
 * @returns what ends it
 */
export function cushion(peer: Peer, after: After): () => void {
  const cushion = new Cushion()
  let over = false
  let cancel: (() => void) | null = null
  const look = async () => {
    const stats = await peer.getStats().catch(() => null)
    if (over) return
    if (stats) {
      const keptMs = cushion.look([...stats.values()], performance.now())
      for (const receiver of peer.getReceivers() as { jitterBufferTarget?: number | null }[])
        if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = keptMs || null
    }
    cancel = after(LOOK_EVERY_MS, () => void look())
  }
  cancel = after(LOOK_EVERY_MS, () => void look())
  return () => {
    over = true
    cancel?.()
  }
}
