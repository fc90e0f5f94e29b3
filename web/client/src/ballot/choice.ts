/** A ballot's marks in words. */
import { v } from '../words/votes'
import type { VoteView } from '../wire/generated'

/** "赞成", "东门、西门", "东门 8 分、西门 3 分"; empty: nothing is marked. */
export function choiceWords(
  vote: Pick<VoteView, 'options' | 'rules'>,
  marks: readonly number[],
): string {
  const score = vote.rules.kind === 'score'
  return vote.options
    .flatMap((option, at) => {
      const n = marks[at]
      if (!n) return []
      return [score ? v('own.points', { option, n }) : option]
    })
    .join(v('choice.and'))
}
