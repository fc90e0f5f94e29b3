/** Going back in a livestream that goes on, and forward to what happens now. Pure. */

/** Milliseconds from the edge within which "there" means: live. */
export const LIVE_WITHIN_MS = 10_000

export interface Span {
  /** Wall clock of the first picture, milliseconds. */
  startMs: number
  /** Of the newest that a viewer can see. */
  edgeMs: number
}

/**
 * Where a viewer who asks for a moment is brought.
 *
 * @returns wall clock, milliseconds; null: to the livestream
 */
export function broughtTo(atMs: number, span: Span): number | null {
  if (atMs > span.edgeMs - LIVE_WITHIN_MS) return null
  return Math.max(span.startMs, atMs)
}

/** A moment from which something can be seen again; until then there is nothing to go back to. */
export function worthABar(span: Span): boolean {
  return span.edgeMs - span.startMs > 2 * LIVE_WITHIN_MS
}
