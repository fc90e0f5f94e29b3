/**
 * Stream time: a viewer's page goes by the moment that its livestream shows. Pure.
 *
 * A vote closes when the picture shows it, and a result is not told before the picture does. Instants
 * are of the service's clock, which the livestream carries.
 */

import type { VoteView } from '../wire/generated'

/**
 * Farther behind than this a page goes by the present: whoever went back in the livestream looks at
 * the past, and no vote waits for that (meetings/voting/events.py, GRACE_MAX_MS).
 */
export const BEHIND_MAX_MS = 10_000

/**
 * The moment by which a page goes.
 *
 * @param shownMs what the livestream shows; null: none is seen
 */
export function momentSeen(nowMs: number, shownMs: number | null): number {
  if (shownMs === null || shownMs > nowMs) return nowMs
  return nowMs - shownMs <= BEHIND_MAX_MS ? shownMs : nowMs
}

/** Whether a vote's end lies ahead of what is seen. */
export function unseen(vote: Pick<VoteView, 'state' | 'closed_ms'>, momentMs: number): boolean {
  return vote.state === 'closed' && vote.closed_ms !== null && vote.closed_ms > momentMs
}

/** A vote that has ended, as it was just before: no ballots any more, and no result yet. */
export function withheld(vote: VoteView): VoteView {
  return { ...vote, state: 'counting', closed_ms: null, tally: null, outcome: null, tie_broken: null }
}
