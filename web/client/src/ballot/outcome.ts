/** How a vote stands, what it came to, and what that follows from, in sentences. */

import { v } from '../words/votes'
import type { Majority, VoteView } from '../wire/generated'

/** "赞成超过所投票的一半" and the like. */
export function majorityWords({ of, num, den, strictly }: Majority): string {
  const base = v(`majority_of.${of}`)
  const half = num * 2 === den
  if (half && strictly) return v('majority.half', { base })
  return v(strictly ? 'majority.more' : 'majority.least', { base, num, den })
}

/** The result in a few words; null while there is none. */
export function resultWords(vote: VoteView): string | null {
  if (vote.state === 'cancelled') return v('result.cancelled')
  const outcome = vote.outcome
  if (!outcome) return null
  const settled = vote.tie_broken
  const option = settled ?? outcome.option
  if (vote.rules.kind === 'motion') {
    if (settled !== null) return v(settled === 0 ? 'result.passed' : 'result.rejected')
    return v(`result.${outcome.result}`)
  }
  if (option !== null && (settled !== null || outcome.result === 'passed')) {
    return v('result.elected', { option: vote.options[option] ?? '' })
  }
  return v(outcome.result === 'rejected' ? 'result.nobody' : `result.${outcome.result}`)
}

/** Why: one sentence a step, from who may vote to the majority. */
export function outcomeWords(vote: VoteView): string[] {
  if (vote.state === 'cancelled') {
    return vote.cancelled ? [v('why.cancelled', { reason: vote.cancelled })] : []
  }
  const outcome = vote.outcome
  if (!outcome) return []
  const said: string[] = []
  if (vote.quorum) {
    const { present, needed } = vote.quorum
    said.push(v(present >= needed ? 'why.quorum' : 'why.no_quorum', { present, needed }))
  }
  const { entitled, ballots, abstained, cast, base, needed, leading, tally } = outcome
  said.push(
    entitled === null
      ? v('why.ballots_open', { ballots, abstained })
      : v('why.ballots', { entitled, ballots, abstained }),
  )
  const majority = vote.rules.majority
  if (majority && base !== null && needed !== null && outcome.result !== 'no_quorum') {
    const best = vote.rules.kind === 'motion' ? (tally[0] ?? 0) : Math.max(0, ...tally)
    said.push(v('why.majority', { rule: majorityWords(majority), base, needed, got: best }))
  } else if (!majority && outcome.result === 'passed') {
    said.push(v('why.most', { cast }))
  }
  if (outcome.result === 'tied' || outcome.reasons.includes('tie_rejected')) {
    const options = leading.map((at) => vote.options[at] ?? '').join(v('choice.and'))
    said.push(v('why.tied', { options }))
  }
  if (vote.tie_broken !== null) {
    const option = vote.options[vote.tie_broken] ?? ''
    said.push(v(vote.rules.tie === 'drawn' ? 'why.drawn' : 'why.decided', { option }))
  }
  if (outcome.reasons.includes('hands_not_counted')) said.push(v('why.hands'))
  return said
}

/** How many came so far: of a secret vote papers are all that anybody knows. */
export function turnoutWords({ cast, papers, entitled: of }: VoteView): string {
  if (papers !== null) {
    return of === null ? v('turnout.papers', { n: papers }) : v('turnout.papers_of', { n: papers, of })
  }
  const n = cast ?? 0
  return of === null ? v('turnout.open', { n }) : v('turnout.of', { n, of })
}
