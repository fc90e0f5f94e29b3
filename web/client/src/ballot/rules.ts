/** What may stand on a ballot; meetings/voting/ballots.py has the last word. */
import type { VoteRules } from '../wire/generated'

export type MarksProblem = 'nothing' | 'too_few' | 'too_many'

/** What hinders a ballot with these marks. A score vote in which nothing got a point is not begun. */
export function marksProblem(
  rules: Pick<VoteRules, 'kind' | 'min_choices' | 'max_choices'>,
  marks: readonly number[],
): MarksProblem | null {
  const sum = marks.reduce((all, mark) => all + mark, 0)
  if (rules.kind === 'score') return sum ? null : 'nothing'
  const [least, most] = rules.kind === 'multiple' ? [rules.min_choices, rules.max_choices] : [1, 1]
  if (sum > most) return 'too_many'
  if (sum >= least) return null
  return sum ? 'too_few' : 'nothing'
}

/** The marks of a ballot that chooses these options. */
export function marksOf(options: number, chosen: readonly number[]): number[] {
  return Array.from({ length: options }, (_, at) => (chosen.includes(at) ? 1 : 0))
}

/** The marks after one more press on an option: of a choice of one, that one alone. */
export function pressed(
  rules: Pick<VoteRules, 'kind'>,
  marks: readonly number[],
  at: number,
): number[] {
  if (rules.kind !== 'multiple') return marksOf(marks.length, [at])
  return marks.map((mark, other) => (other === at ? 1 - mark : mark))
}
