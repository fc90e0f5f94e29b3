import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { choiceWords } from '../../src/ballot/choice'
import { turnoutWords } from '../../src/ballot/outcome'
import { shortReceipt } from '../../src/ballot/recount'
import { marksProblem, pressed } from '../../src/ballot/rules'
import { bars, votesGiven } from '../../src/ballot/tally'
import { running, standing, voters } from '../../src/ballot/voters'
import { votesEn } from '../../src/words/votes-en'
import { votesZh } from '../../src/words/votes-zh'
import type { MeSection, MyVote, Outcome, VoteRules } from '../../src/wire/generated'
import { meSection, voteView } from '../sections'

const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort()

const rules = (changed: Partial<VoteRules> = {}): VoteRules => ({ ...voteView().rules, ...changed })
const many = (least: number, most: number) =>
  rules({ kind: 'multiple', min_choices: least, max_choices: most })

const own = (changed: Partial<MyVote> = {}): MyVote => ({
  weight: 1,
  holder: null,
  channel: null,
  marks: null,
  receipt: null,
  papers: [],
  proxies: [],
  teller: false,
  counts: null,
  ...changed,
})
const me = (mine?: MyVote, changed: Partial<MeSection> = {}): MeSection =>
  meSection({ votes: mine ? { 7: mine } : {}, ...changed })

describe('the words of voting', () => {
  test('fill the same gaps in both languages', () => {
    expect(Object.keys(votesEn).sort()).toEqual(Object.keys(votesZh).sort())
    for (const key of Object.keys(votesZh) as (keyof typeof votesZh)[]) {
      expect(gaps(votesEn[key]), key).toEqual(gaps(votesZh[key]))
    }
  })

  test('are all used', () => {
    const src = join(import.meta.dirname, '../../src')
    const pages = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith('words'))
      .map((name) => readFileSync(join(src, name), 'utf8'))
      .join('')
    const built = new Set([...pages.matchAll(/v\(`(\w+)\.\$\{/g)].map((found) => found[1]))
    const shown = (key: string) =>
      pages.includes(`'${key}'`) || pages.includes(`(\`${key}`) || built.has(key.split('.')[0])
    expect(Object.keys(votesZh).filter((key) => !shown(key))).toEqual([])
  })
})

describe('how one stands to a vote', () => {
  const roll = voteView({ entitled: 3 })
  const poll = voteView({ electors: 'everyone' })

  test('whoever is on the roll votes, and others do not', () => {
    expect(standing(roll, me(own()))).toEqual({ as: 'voter' })
    expect(standing(roll, me())).toEqual({ as: 'not_elector' })
    // A teller or a holder of proxies has a part of it without a vote.
    expect(standing(roll, me(own({ weight: 0, teller: true })))).toEqual({ as: 'not_elector' })
  })

  test('everybody votes in an open poll, but for devices', () => {
    expect(standing(poll, me(undefined, { role: 'viewer' }))).toEqual({ as: 'voter' })
    expect(standing(poll, me(undefined, { role: 'display' }))).toEqual({ as: 'device' })
  })

  test('a vote without a roll from before there were rolls is one of members', () => {
    const old = voteView({ electors: 'members', entitled: null })
    expect(standing(old, me(undefined, { role: 'participant' })).as).toBe('voter')
    expect(standing(old, me(undefined, { role: 'viewer' })).as).toBe('not_elector')
  })

  test('it is said why one is not on the roll', () => {
    const attendance = { ...me().attendance, recused: [4] }
    expect(standing({ ...roll, item: 4 }, me(undefined, { attendance })).as).toBe('recused')
    expect(standing({ ...roll, item: 5 }, me(undefined, { attendance })).as).toBe('not_elector')
    const present = voteView({ entitled: 3, electors: 'present' })
    expect(standing(present, me(undefined, { role: 'participant' })).as).toBe('absent')
    expect(standing(present, me(undefined, { role: 'viewer' })).as).toBe('not_elector')
  })

  test('a proxy, or a raised hand, takes the place of the own ballot', () => {
    const given = me(own({ holder: '李工', marks: [1, 0, 0] }))
    expect(standing(roll, given)).toEqual({ as: 'by_proxy', holder: '李工' })
    expect(voters(roll, given)).toEqual([])
    expect(standing(roll, me(own({ channel: 'hands' }))).as).toBe('by_hands')
    expect(standing(roll, me(own({ channel: 'hands', marks: [1, 0, 0] }))).as).toBe('entered')
    expect(standing(roll, me(own({ channel: 'electronic' }))).as).toBe('voter')
  })

  test('the own ballot comes first, then those by proxy, each with its weight', () => {
    const held = { id: 'zhou', name: '周老师', weight: 3, marks: [0, 1, 0], receipt: 12, papers: [] }
    const mine = own({ weight: 2, marks: [1, 0, 0], receipt: 11, proxies: [held] })
    expect(voters(roll, me(mine)).map((one) => [one.person, one.weight, one.receipt])).toEqual([
      [null, 2, 11],
      ['zhou', 3, 12],
    ])
    // Whoever stands aside votes for nobody, but somebody without a vote may hold a proxy.
    const only = me(own({ weight: 0, proxies: [held] }))
    expect(voters(roll, only).map((one) => one.person)).toEqual(['zhou'])
  })

  test('ballots are taken up to the end, and not at it', () => {
    expect(running(voteView({ until_ms: 100 }), 99)).toBe(true)
    expect(running(voteView({ until_ms: 100 }), 100)).toBe(false)
    expect(running(voteView(), 1e15)).toBe(true)
    expect(running(voteView({ state: 'closed' }), 0)).toBe(false)
  })
})

describe('what may stand on a ballot', () => {
  test('one option, or as many as the vote says', () => {
    expect(marksProblem(rules(), [0, 0, 0])).toBe('nothing')
    expect(marksProblem(rules(), [0, 1, 0])).toBeNull()
    expect(marksProblem(rules(), [1, 1, 0])).toBe('too_many')
    expect(marksProblem(many(2, 3), [0, 0, 0, 0])).toBe('nothing')
    expect(marksProblem(many(2, 3), [1, 0, 0, 0])).toBe('too_few')
    expect(marksProblem(many(2, 3), [1, 1, 0, 0])).toBeNull()
    expect(marksProblem(many(2, 3), [1, 1, 1, 0])).toBeNull()
    expect(marksProblem(many(2, 3), [1, 1, 1, 1])).toBe('too_many')
    expect(marksProblem(many(0, 3), [0, 0, 0, 0])).toBeNull()
  })

  test('points, once some are given', () => {
    const score = rules({ kind: 'score', score_max: 5 })
    expect(marksProblem(score, [0, 0])).toBe('nothing')
    expect(marksProblem(score, [5, 5])).toBeNull()
  })

  test('a press chooses, and of many choices takes back, too', () => {
    expect(pressed(rules(), [1, 0, 0], 2)).toEqual([0, 0, 1])
    expect(pressed(many(1, 2), [1, 0, 0], 2)).toEqual([1, 0, 1])
    expect(pressed(many(1, 2), [1, 0, 1], 2)).toEqual([1, 0, 0])
  })

  test('is said in words', () => {
    expect(choiceWords(voteView(), [0, 0, 1])).toBe('弃权')
    expect(choiceWords(voteView({ rules: many(1, 2) }), [1, 1, 0])).toBe('赞成、反对')
    expect(choiceWords(voteView({ rules: rules({ kind: 'score' }) }), [3, 0, 8])).toBe('赞成 3 分、弃权 8 分')
    expect(choiceWords(voteView(), [0, 0, 0])).toBe('')
  })
})

describe('a tally', () => {
  const outcome = { cast: 4, abstained: 1 } as Outcome

  test('of one choice is of all votes', () => {
    const found = bars(voteView({ tally: [3, 1, 0] }))
    expect(found.map((bar) => [bar.share, bar.most])).toEqual([
      [0.75, true],
      [0.25, false],
      [0, false],
    ])
  })

  test('of many choices is of those who voted, once that is known', () => {
    const vote = voteView({ rules: many(1, 2), tally: [4, 2, 0] })
    expect(votesGiven(vote)).toBeNull()
    expect(bars(vote).map((bar) => bar.share)).toEqual([1, 0.5, 0])
    expect(bars({ ...vote, outcome }).map((bar) => bar.share)).toEqual([0.8, 0.4, 0])
  })

  test('of points is of all that could be given, with a mean', () => {
    const vote = voteView({ rules: rules({ kind: 'score', score_max: 10 }), tally: [25, 50, 0] })
    expect(bars({ ...vote, outcome })[0]).toMatchObject({ share: 0.5, mean: 5, most: false })
    expect(bars(vote)[0]).toMatchObject({ share: 0.5, mean: null })
  })

  test('of nothing has no most, and divides by nothing', () => {
    for (const kind of ['motion', 'multiple', 'score'] as const) {
      const found = bars(voteView({ rules: rules({ kind }), tally: [0, 0, 0] }))
      expect(found.every((bar) => bar.share === 0 && !bar.most)).toBe(true)
    }
    expect(bars(voteView())).toEqual([])
  })

  test('is awaited with how many came, of a secret vote with the papers', () => {
    expect(turnoutWords(voteView({ cast: 3 }))).toBe('已有 3 人投票')
    expect(turnoutWords(voteView({ cast: 3, entitled: 9 }))).toBe('应投 9 人，已投 3 人')
    expect(turnoutWords(voteView({ cast: null, papers: 5 }))).toBe('已有 5 人领票')
  })
})

test('a receipt is shown by its beginning', () => {
  expect(shortReceipt('3f9a1c0277bee041'.padEnd(64, '5'))).toBe('3f9a 1c02 77be e041')
})
