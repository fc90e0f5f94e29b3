/** A question as it is planned at the desk: simple at first, everything else on demand. */

import type { Majority, OpenVote, VoteRules } from '../wire/generated'

export const KINDS = ['motion', 'single', 'multiple', 'score'] as const
export const MAJORITIES = ['simple', 'absolute', 'two_thirds', 'custom'] as const
export const OPTIONS_MAX = 10 // meetings/voting/terms.py
export const FRACTION_MAX = 1000

export type MajorityName = (typeof MAJORITIES)[number] | 'none'

export interface VotePlan {
  question: string
  kind: VoteRules['kind']
  /** Of a motion: for, against, abstain. */
  options: string[]
  electors: OpenVote['electors']
  listed: string[]
  seconds: number | null
  secrecy: VoteRules['secrecy']
  majority: MajorityName
  custom: Majority
  tie: VoteRules['tie']
  results: VoteRules['results']
  changeable: boolean
  min: number
  max: number
  scoreMax: number
  /** Two who count hands; '' where nobody is named. */
  tellers: [string, string]
}

/** What hinders the vote; the desk's words for each are `plan.*`. */
export type PlanProblem =
  | 'question'
  | 'options'
  | 'same_options'
  | 'choices'
  | 'listed'
  | 'tellers'
  | 'open_base'
  | 'fraction'

export const SIMPLE: Majority = { of: 'cast', num: 1, den: 2, strictly: true }
export const ABSOLUTE: Majority = { of: 'entitled', num: 1, den: 2, strictly: true }
export const TWO_THIRDS: Majority = { of: 'entitled', num: 2, den: 3, strictly: false }

export function blankPlan(question: string, motion: readonly string[]): VotePlan {
  return {
    question,
    kind: 'motion',
    options: [...motion],
    electors: 'everyone',
    listed: [],
    seconds: 120,
    secrecy: 'named',
    majority: 'simple',
    custom: { of: 'cast', num: 3, den: 4, strictly: false },
    tie: 'rejected',
    results: 'hidden',
    changeable: false,
    min: 1,
    max: 2,
    scoreMax: 10,
    tellers: ['', ''],
  }
}

/** Another kind: a motion has its own three options, and others begin with none of them. */
export function ofKind(plan: VotePlan, kind: VotePlan['kind'], motion: readonly string[]): VotePlan {
  if (kind === 'motion') return { ...plan, kind, options: [...motion], majority: 'simple' }
  const options = plan.kind === 'motion' ? ['', ''] : plan.options
  const majority = kind === 'score' || plan.kind === 'motion' ? 'none' : plan.majority
  // Hands mark one option.
  const tellers: [string, string] = kind === 'single' ? plan.tellers : ['', '']
  return { ...plan, kind, options, majority, tellers }
}

export function planProblem(plan: VotePlan): PlanProblem | null {
  const options = planOptions(plan)
  if (!plan.question.trim()) return 'question'
  if (options.length < 2) return 'options'
  if (new Set(options).size < options.length) return 'same_options'
  if (plan.kind === 'multiple' && !(plan.min <= plan.max && plan.max <= options.length)) {
    return 'choices'
  }
  if (plan.electors === 'listed' && !plan.listed.length) return 'listed'
  const [first, second] = plan.tellers
  if ((first || second) && (!first || !second || first === second)) return 'tellers'
  const majority = planMajority(plan)
  if (majority && !reachable(majority)) return 'fraction'
  if (majority && plan.electors === 'everyone' && majority.of !== 'cast') return 'open_base'
  return null
}

/** @param plan one without a problem */
export function openVote(plan: VotePlan): OpenVote {
  const [first, second] = plan.tellers
  return {
    type: 'vote.open',
    question: plan.question.trim(),
    options: planOptions(plan),
    electors: plan.electors,
    seconds: plan.seconds,
    listed: plan.electors === 'listed' ? plan.listed : [],
    rules: {
      kind: plan.kind,
      min_choices: plan.kind === 'multiple' ? plan.min : 1,
      max_choices: plan.kind === 'multiple' ? plan.max : 1,
      score_max: plan.scoreMax,
      secrecy: plan.secrecy,
      majority: planMajority(plan),
      tie: plan.tie,
      // Nobody knows a secret vote's results before the close.
      results: plan.secrecy === 'secret' ? 'hidden' : plan.results,
      changeable: plan.changeable,
      tellers: first && second ? [first, second] : [],
    },
  }
}

function planOptions(plan: VotePlan): string[] {
  return plan.options.map((one) => one.trim()).filter(Boolean)
}

function planMajority(plan: VotePlan): Majority | null {
  switch (plan.majority) {
    case 'simple':
      return SIMPLE
    case 'absolute':
      return ABSOLUTE
    case 'two_thirds':
      return TWO_THIRDS
    case 'custom':
      return plan.custom
    case 'none':
      return null
  }
}

function reachable({ num, den, strictly }: Majority): boolean {
  const whole = [num, den].every((n) => Number.isInteger(n) && n >= 1 && n <= FRACTION_MAX)
  return whole && (strictly ? num < den : num <= den)
}
