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
