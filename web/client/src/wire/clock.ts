/**
 * The service's clock, estimated from pings.
 *
 * Every instant on the wire is the service's wall clock. Of the last answers the one with the
 * shortest round trip errs least (Cristian's algorithm: by at most half its round trip).
 */

const SAMPLES = 8 // pings remembered: 80 s, after which a changed device clock is forgotten
const SETTLED = 5 // the first ones are measured while the page is busy starting

interface Sample {
  roundTripMs: number
  offsetMs: number
}

export class Clock {
  #samples: Sample[] = []

  /** What to add to the device's wall clock, milliseconds. */
  get offsetMs(): number {
    let best: Sample | undefined
    for (const sample of this.#samples) {
      if (!best || sample.roundTripMs < best.roundTripMs) best = sample
    }
    return best?.offsetMs ?? 0
  }

  /** Whether there are enough answers to choose a good one from. */
  get settled(): boolean {
    return this.#samples.length >= SETTLED
  }

  /** The longest of the last round trips, milliseconds; 0 before the first answer. */
  get roundTripMs(): number {
    return Math.max(0, ...this.#samples.map((sample) => sample.roundTripMs))
  }

  /**
   * Take in one answer.
   *
   * @param sentMs device wall clock when the ping left
   * @param receivedMs device wall clock when the answer came
   * @param serverMs service's wall clock in between
   */
  add(sentMs: number, receivedMs: number, serverMs: number): void {
    const roundTripMs = receivedMs - sentMs
    if (roundTripMs < 0) return // the device's clock was set back in between
    this.#samples.push({ roundTripMs, offsetMs: serverMs - (sentMs + receivedMs) / 2 })
    if (this.#samples.length > SAMPLES) this.#samples.shift()
  }
}
