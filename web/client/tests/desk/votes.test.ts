import { describe, expect, test } from 'vitest'
import { majorityWords, outcomeWords, resultWords } from '../../src/ballot/outcome'
import {
  ABSOLUTE,
  SIMPLE,
  TWO_THIRDS,
  blankPlan,
  ofKind,
  openVote,
  planProblem,
  type VotePlan,
} from '../../src/desk/voteplan'
import type { Outcome } from '../../src/wire/generated'
import { voteView } from '../sections'

const MOTION = ['赞成', '反对', '弃权']
const plan = (changed: Partial<VotePlan> = {}): VotePlan => ({ ...blankPlan('是否同意？', MOTION), ...changed })

const outcome = (changed: Partial<Outcome> = {}): Outcome => ({
  result: 'passed',
  option: 0,
  leading: [0],
  tally: [5, 2, 1],
  ballots: 8,
  cast: 7,
  abstained: 1,
  present: 9,
  entitled: 10,
  base: 7,
  needed: 4,
  reasons: ['majority_met'],
  ...changed,
})

describe('a question as planned', () => {
  test('is a motion of everybody by simple majority, unless something else is said', () => {
    const command = openVote(plan())
    expect(command).toMatchObject({ options: MOTION, electors: 'everyone', seconds: 120, listed: [] })
    expect(command.rules).toMatchObject({ kind: 'motion', majority: SIMPLE, secrecy: 'named', tellers: [] })
    expect(planProblem(plan())).toBeNull()
  })

  test('needs a question, and two options that differ', () => {
    expect(planProblem(plan({ question: ' ' }))).toBe('question')
    expect(planProblem(plan({ kind: 'single', options: ['东门', ' '] }))).toBe('options')
    expect(planProblem(plan({ kind: 'single', options: ['东门', '东门 '] }))).toBe('same_options')
  })

  test('lets as many be chosen as there are, and not more', () => {
    const many = plan({ kind: 'multiple', options: ['甲', '乙', '丙'], majority: 'none', min: 1 })
    expect(planProblem({ ...many, max: 3 })).toBeNull()
    expect(planProblem({ ...many, max: 4 })).toBe('choices')
    expect(planProblem({ ...many, min: 3, max: 2 })).toBe('choices')
  })

  test('has two tellers or none', () => {
    expect(planProblem(plan({ tellers: ['a', ''] }))).toBe('tellers')
    expect(planProblem(plan({ tellers: ['a', 'a'] }))).toBe('tellers')
    expect(planProblem(plan({ tellers: ['a', 'b'] }))).toBeNull()
    expect(openVote(plan({ tellers: ['a', 'b'] })).rules.tellers).toEqual(['a', 'b'])
  })

  test('takes a majority that can be reached, of votes that are known', () => {
    const of = (num: number, den: number, strictly: boolean) =>
      plan({ electors: 'members', majority: 'custom', custom: { of: 'present', num, den, strictly } })
    expect(planProblem(of(3, 3, false))).toBeNull()
    expect(planProblem(of(3, 3, true))).toBe('fraction')
    expect(planProblem(of(4, 3, false))).toBe('fraction')
    expect(planProblem(of(0, 3, false))).toBe('fraction')
    expect(planProblem(plan({ majority: 'absolute' }))).toBe('open_base')
    expect(planProblem(plan({ majority: 'absolute', electors: 'members' }))).toBeNull()
  })

  test('lists its electors where they are listed, and nowhere else', () => {
    expect(planProblem(plan({ electors: 'listed' }))).toBe('listed')
    expect(openVote(plan({ electors: 'listed', listed: ['a'] })).listed).toEqual(['a'])
    expect(openVote(plan({ electors: 'members', listed: ['a'] })).listed).toEqual([])
  })

  test('shows nothing of a secret vote while it runs', () => {
    expect(openVote(plan({ secrecy: 'secret', results: 'live' })).rules.results).toBe('hidden')
  })

  test('changes its options with its kind', () => {
    const single = ofKind(plan({ tellers: ['a', 'b'] }), 'single', MOTION)
    expect(single).toMatchObject({ options: ['', ''], majority: 'none', tellers: ['a', 'b'] })
    const score = ofKind({ ...single, options: ['甲', '乙'] }, 'score', MOTION)
    expect(score).toMatchObject({ options: ['甲', '乙'], majority: 'none', tellers: ['', ''] })
    expect(ofKind(score, 'motion', MOTION)).toMatchObject({ options: MOTION, majority: 'simple' })
  })
})

describe('a result in words', () => {
  test('names the majority by what it is of', () => {
    expect(majorityWords(SIMPLE)).toBe('超过所投票的一半')
    expect(majorityWords(ABSOLUTE)).toBe('超过全体表决权的一半')
    expect(majorityWords(TWO_THIRDS)).toBe('达到全体表决权的 2/3')
    expect(majorityWords({ of: 'present', num: 1, den: 2, strictly: false })).toBe('达到到会表决权的 1/2')
  })

  test('says how many were needed and how many came', () => {
    const passed = voteView({ state: 'closed', entitled: 10, outcome: outcome() })
    expect(resultWords(passed)).toBe('通过')
    expect(outcomeWords(passed)).toEqual([
      '应投 10 票，投出 8 张，其中弃权 1',
      '需超过所投票的一半：基数 7，至少 4，实得 5',
    ])
  })

  test('is void without a quorum, whatever the majority', () => {
    const vote = voteView({
      state: 'closed',
      quorum: { needed: 6, present: 5 },
      outcome: outcome({ result: 'no_quorum', option: null, reasons: ['no_quorum'] }),
    })
    expect(resultWords(vote)).toBe('未达法定人数，表决无效')
    expect(outcomeWords(vote)[0]).toBe('法定人数 6，到会 5，不足')
    expect(outcomeWords(vote).join()).not.toContain('基数')
  })

  test('tells who settled a tie, and for what', () => {
    const tied = voteView({
      state: 'closed',
      rules: { ...voteView().rules, tie: 'host' },
      outcome: outcome({ result: 'tied', option: null, leading: [0, 1], tally: [3, 3, 0], reasons: ['tie'] }),
    })
    expect(resultWords(tied)).toBe('票数相同，待裁定')
    expect(outcomeWords(tied)).toContain('赞成、反对票数相同')
    expect(resultWords({ ...tied, tie_broken: 0 })).toBe('通过')
    expect(resultWords({ ...tied, tie_broken: 1 })).toBe('未通过')
    expect(outcomeWords({ ...tied, tie_broken: 1 })).toContain('主持人裁定：反对')
  })

  test('names what was chosen', () => {
    const rules = { ...voteView().rules, kind: 'single', majority: null } as const
    const vote = voteView({ state: 'closed', options: ['东门', '西门'], rules: { ...rules, tellers: [] } })
    const chosen = outcome({ option: 1, tally: [2, 5], base: null, needed: null, reasons: ['most_votes'] })
    expect(resultWords({ ...vote, outcome: chosen })).toBe('“西门”获选')
    expect(outcomeWords({ ...vote, outcome: chosen })).toContain('得票最多，计入 7 票')
  })

  test('is none while the vote runs, and a reason when it was cancelled', () => {
    expect(resultWords(voteView())).toBeNull()
    expect(outcomeWords(voteView())).toEqual([])
    const gone = voteView({ state: 'cancelled', cancelled: '议题有误' })
    expect(resultWords(gone)).toBe('已取消')
    expect(outcomeWords(gone)).toEqual(['原因：议题有误'])
  })
})
