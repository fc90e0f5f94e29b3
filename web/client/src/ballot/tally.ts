/** A result as bars: of what whole each one is a part depends on the kind of vote. */
import type { VoteView } from '../wire/generated'

export interface Bar {
  /** Votes, or points. */
  votes: number
  /** Length, 0 to 1. */
  share: number
  /** Has the most, beside others perhaps. */
  most: boolean
  /** Points a vote, of a score. */
  mean: number | null
}

/** One bar an option; nothing while the tally is hidden. */
export function bars(vote: Pick<VoteView, 'rules' | 'tally' | 'outcome'>): Bar[] {
  const tally = vote.tally ?? []
  const most = Math.max(0, ...tally)
  const given = votesGiven(vote)
  const score = vote.rules.kind === 'score'
  const whole = given === null ? most : score ? given * vote.rules.score_max : given
  return tally.map((votes) => ({
    votes,
    share: whole ? votes / whole : 0,
    most: most > 0 && votes === most,
    mean: score && given ? votes / given : null,
  }))
}

/** All votes that were given, by weight; null: not known of many choices while the vote runs. */
export function votesGiven(vote: Pick<VoteView, 'rules' | 'tally' | 'outcome'>): number | null {
  if (vote.rules.kind === 'motion' || vote.rules.kind === 'single') {
    return (vote.tally ?? []).reduce((sum, n) => sum + n, 0)
  }
  return vote.outcome ? vote.outcome.cast + vote.outcome.abstained : null
}
