/** What a vote came to, and what that follows from, in sentences. */

import { d } from '../words/desk'
import type { Majority, VoteView } from '../wire/generated'

/** "赞成超过所投票的一半" and the like. */
export function majorityWords({ of, num, den, strictly }: Majority): string {
  const base = d(`majority_of.${of}`)
  const half = num * 2 === den
  if (half && strictly) return d('majority.half', { base })
  return d(strictly ? 'majority.more' : 'majority.least', { base, num, den })
}

/** The result in a few words; null while there is none. */
export function resultWords(vote: VoteView): string | null {
  if (vote.state === 'cancelled') return d('result.cancelled')
  const outcome = vote.outcome
  if (!outcome) return null
  const settled = vote.tie_broken
  const option = settled ?? outcome.option
  if (vote.rules.kind === 'motion') {
    if (settled !== null) return d(settled === 0 ? 'result.passed' : 'result.rejected')
    return d(`result.${outcome.result}`)
  }
  if (option !== null && (settled !== null || outcome.result === 'passed')) {
    return d('result.elected', { option: vote.options[option] ?? '' })
  }
  return d(outcome.result === 'rejected' ? 'result.nobody' : `result.${outcome.result}`)
}

/** Why: one sentence a step, from who may vote to the majority. */
export function outcomeWords(vote: VoteView): string[] {
  if (vote.state === 'cancelled') {
    return vote.cancelled ? [d('why.cancelled', { reason: vote.cancelled })] : []
  }
  const outcome = vote.outcome
  if (!outcome) return []
  const said: string[] = []
  if (vote.quorum) {
    const { present, needed } = vote.quorum
    said.push(d(present >= needed ? 'why.quorum' : 'why.no_quorum', { present, needed }))
  }
  const { entitled, ballots, abstained, cast, base, needed, leading, tally } = outcome
  said.push(
    entitled === null
      ? d('why.ballots_open', { ballots, abstained })
      : d('why.ballots', { entitled, ballots, abstained }),
  )
  const majority = vote.rules.majority
  if (majority && base !== null && needed !== null && outcome.result !== 'no_quorum') {
    const best = vote.rules.kind === 'motion' ? (tally[0] ?? 0) : Math.max(0, ...tally)
    said.push(d('why.majority', { rule: majorityWords(majority), base, needed, got: best }))
  } else if (!majority && outcome.result === 'passed') {
    said.push(d('why.most', { cast }))
  }
  if (outcome.result === 'tied' || outcome.reasons.includes('tie_rejected')) {
    const options = leading.map((at) => vote.options[at] ?? '').join('、')
    said.push(d('why.tied', { options }))
  }
  if (vote.tie_broken !== null) {
    const option = vote.options[vote.tie_broken] ?? ''
    said.push(d(vote.rules.tie === 'drawn' ? 'why.drawn' : 'why.decided', { option }))
  }
  if (outcome.reasons.includes('hands_not_counted')) said.push(d('why.hands'))
  return said
}
