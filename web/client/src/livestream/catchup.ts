/**
 * How fast to play so that the livestream stays near its edge. Pure.
 *
 * hls.js catches up by itself only while more than a second is in the buffer: never, at a hold-back
 * of less than a second. And it would be told at every stall to stay farther behind for good.
 */

/** Heard as a little haste, for a few seconds after a stall or a late start. */
const FAST = 1.15
/** Not heard at all. */
const GENTLE = 1.05
/** Seconds behind the aim, from which on the fast rate is worth it. */
const FAST_FROM_S = 0.5
/** Begin at the first, end at the second: less often to and fro. Seconds behind the aim. */
const GENTLE_FROM_S = 0.1
const GENTLE_UNTIL_S = 0.03
/**
 * Whoever hurries with less than this in hand runs dry. At the aim there are 0.5 to 0.7 s, since
 * parts of 0.2 s come in whole.
 */
const RESERVE_S = 0.4

/**
 * The rate at which to go on.
 *
 * @param behindS farther behind the edge than aimed at; negative: nearer
 * @param aheadS in the buffer, not yet played
 * @param rate the present rate
 */
export function catchUpRate(behindS: number, aheadS: number, rate: number): number {
  if (aheadS < RESERVE_S) return 1
  if (behindS > FAST_FROM_S) return FAST
  return behindS > (rate > 1 ? GENTLE_UNTIL_S : GENTLE_FROM_S) ? GENTLE : 1
}

/** Farther from the edge by this after each stall, in seconds; hls.js would take a whole second. */
const STEP_S = 0.2
const STEPS_MAX = 5
/** Without a stall for so long: a step nearer again. Twice as long after each stall. */
const CALM_MS = 60_000
const CALM_MAX_MS = 600_000

/**
 * How much farther from the edge than the playlist asks: more after each stall, since the line is
 * as it is, and less again when it was the moment alone.
 */
export class Caution {
  #steps = 0
  #calmMs = CALM_MS / 2
  #sinceMs = 0

  /** The picture stood still for want of data. */
  stalled(nowMs: number): void {
    this.#steps = Math.min(this.#steps + 1, STEPS_MAX)
    this.#calmMs = Math.min(this.#calmMs * 2, CALM_MAX_MS)
    this.#sinceMs = nowMs
  }

  /** Seconds, at this moment; times never go back. */
  extraS(nowMs: number): number {
    if (this.#steps > 0 && nowMs - this.#sinceMs >= this.#calmMs) {
      this.#steps -= 1
      this.#sinceMs = nowMs
    }
    return this.#steps * STEP_S
  }
}
