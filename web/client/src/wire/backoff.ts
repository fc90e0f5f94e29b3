/** How long to wait before coming again. */

const FIRST_MS = 500
const LONGEST_MS = 15_000

/**
 * Exponential, with jitter over the upper half: after a restart of the service a thousand phones
 * must not return in the same instant, and one phone must not wait for nothing.
 *
 * @param attempt failed attempts so far, from 0
 * @param random uniform in [0, 1)
 * @returns milliseconds
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10))
  return ceiling / 2 + (ceiling / 2) * random
}
