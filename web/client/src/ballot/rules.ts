/** Rules of votes, as the forms begin with them; meetings/voting/terms.py says what each means. */
import type { Majority, VoteRules } from '../wire/generated'

/** What a question is asked by, if nothing else is said: one option each, by name, final. */
export const USUAL: Readonly<VoteRules> = {
  kind: 'single',
  min_choices: 1,
  max_choices: 1,
  score_max: 10,
  secrecy: 'named',
  majority: null,
  tie: 'rejected',
  results: 'hidden',
  changeable: false,
  tellers: [],
}

export type Preset = 'simple' | 'absolute' | 'two_thirds'

/** The majorities that have a name; any other is set by its numbers. */
export const MAJORITIES: Readonly<Record<Preset, Readonly<Majority>>> = {
  /** 简单多数: more for than against. */
  simple: { of: 'cast', num: 1, den: 2, strictly: true },
  /** 全体过半数: more than half of all who are entitled. */
  absolute: { of: 'entitled', num: 1, den: 2, strictly: true },
  /** 三分之二以上: at least two thirds of all who are entitled. */
  two_thirds: { of: 'entitled', num: 2, den: 3, strictly: false },
}

/** The marks of a ballot that chooses these options. */
export function marksOf(options: number, chosen: readonly number[]): number[] {
  return Array.from({ length: options }, (_, at) => (chosen.includes(at) ? 1 : 0))
}
