import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { itemSpentMs, moved, nextItem } from '../../src/desk/agenda'
import { alerts } from '../../src/desk/alerts'
import { formOf, rulesOf } from '../../src/desk/floorrules'
import { expected, newcomer, pickable } from '../../src/desk/people'
import { rulesWords, standingWords } from '../../src/floor/queue'
import { emptySections } from '../../src/stores/sections'
import { deskEn } from '../../src/words/desk-en'
import { deskZh } from '../../src/words/desk-zh'
import type { RosterLineView } from '../../src/wire/generated'
import {
  agendaItem,
  commentsSection,
  floorRules,
  peopleSection,
  personView,
  voteView,
  waitingView,
} from '../sections'

const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort()

describe('the desk’s words', () => {
  test('fill the same gaps in both languages', () => {
    expect(Object.keys(deskEn).sort()).toEqual(Object.keys(deskZh).sort())
    for (const key of Object.keys(deskZh) as (keyof typeof deskZh)[]) {
      expect(gaps(deskEn[key]), key).toEqual(gaps(deskZh[key]))
    }
  })

  test('are all used', () => {
    const src = join(import.meta.dirname, '../../src')
    const pages = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith('words'))
      .map((name) => readFileSync(join(src, name), 'utf8'))
      .join('')
    const built = new Set([...pages.matchAll(/d\(`(\w+)\.\$\{/g)].map((found) => found[1]))
    const unused = Object.keys(deskZh).filter(
      (key) => !built.has(key.split('.')[0]!) && !pages.includes(`'${key}'`),
    )
    expect(unused).toEqual([])
  })
})

describe('the agenda', () => {
  test('moves an item by a place, and not beyond the ends', () => {
    expect(moved([1, 2, 3], 3, -1)).toEqual([1, 3, 2])
    expect(moved([1, 2, 3], 1, 1)).toEqual([2, 1, 3])
    expect(moved([1, 2, 3], 1, -1)).toBeNull()
    expect(moved([1, 2, 3], 3, 1)).toBeNull()
    expect(moved([1, 2, 3], 9, 1)).toBeNull()
  })

  test('goes on with what waits after the current item, then with what was left before it', () => {
    const items = [
      agendaItem({ id: 1 }),
      agendaItem({ id: 2, state: 'current' }),
      agendaItem({ id: 3, state: 'postponed' }),
      agendaItem({ id: 4 }),
    ]
    expect(nextItem({ items, current: 2 })?.id).toBe(4)
    expect(nextItem({ items: items.slice(0, 3), current: 2 })?.id).toBe(1)
    expect(nextItem({ items: items.slice(1, 3), current: 2 })).toBeNull()
    expect(nextItem(null)).toBeNull()
  })

  test('counts the time of an item that runs', () => {
    expect(itemSpentMs(agendaItem({ spent_ms: 60_000, running_ms: 5_000 }), 8_000)).toBe(63_000)
    expect(itemSpentMs(agendaItem({ spent_ms: 60_000 }), 8_000)).toBe(60_000)
  })
})

describe('what waits for the desk', () => {
  const codes = (held: Parameters<typeof alerts>[0]) => alerts(held).map((one) => one.code)

  test('is nothing at first', () => {
    expect(alerts(emptySections())).toEqual([])
  })

  test('names a tie until the host settled it', () => {
    const outcome = {
      result: 'tied',
      option: null,
      leading: [0, 1],
      tally: [2, 2, 0],
      ballots: 4,
      cast: 4,
      abstained: 0,
      present: 4,
      entitled: 4,
      base: 4,
      needed: 3,
      reasons: ['tie'],
    } as const
    const rules = { ...voteView().rules, tie: 'host' } as const
    const tied = voteView({ state: 'closed', rules, outcome: { ...outcome, leading: [0, 1], tally: [2, 2, 0], reasons: ['tie'] } })
    const held = { ...emptySections(), votes: { votes: [tied] } }
    expect(codes(held)).toEqual(['tie'])
    expect(codes({ ...held, votes: { votes: [{ ...tied, tie_broken: 0 }] } })).toEqual([])
  })

  test('puts what stops the meeting before what can wait', () => {
    const hands = { claimed: 3, round: 1, entered: ['a', 'b'], agreed: false, differ: true, counts: null }
    const held = {
      ...emptySections(),
      votes: { votes: [voteView({ hands })] },
      people: peopleSection({
        lobby: { on: true, viewers: false, waiting: 4, listed: [], turned_away: [] },
        quorum: { rule: { of: 'count', n: 5, proxies: false }, electors: 9, present: 3, needed: 5, met: false },
      }),
      comments: commentsSection({ appeals: 1, waiting: 2 }),
    }
    expect(codes(held)).toEqual(['recount', 'vote', 'lobby', 'quorum', 'appeals', 'waiting'])
    expect(alerts(held).find((one) => one.code === 'quorum')?.n).toBe(2)
  })
})

describe('the rules of the floor', () => {
  test('come out of the form as they went in', () => {
    const rules = floorRules({ order: ['alternate_side'], speech_s: 90, item_s: 1800, overtime: 'host' })
    expect(rulesOf(formOf(rules))).toEqual(rules)
  })

  test('are none where the form is left empty', () => {
    const form = { ...formOf(floorRules({ speech_s: 60 })), speech: '' as const, warning: '' as const }
    expect(rulesOf(form)).toMatchObject({ speech_s: null, warning_s: 0 })
  })

  test('are said in one line', () => {
    expect(rulesWords(floorRules({ order: ['first_time_first'] }), 180)).toBe(
      '自由排队 · 首次发言优先 · 3 分钟',
    )
    expect(rulesWords(floorRules({ mode: 'host', order: ['first_time_first'], speech_s: 90 }), 180)).toBe(
      '主持人选 · 90 秒',
    )
  })
})

describe('a place in the queue', () => {
  test('is explained by the rules that put it there', () => {
    const reasons = [
      { code: 'side_turn', group: 'against', value: 0 } as const,
      { code: 'least_time', group: '', value: 65_000 } as const,
    ]
    expect(standingWords(waitingView({ reasons: [...reasons] }))).toBe('轮到反对方；发言时间较少（1:05）')
  })

  test('is explained by whoever is in front, when no rule put it before others', () => {
    expect(standingWords(waitingView({ behind: 'first_time' }))).toBe('排在后面：前一位尚未发过言')
    expect(standingWords(waitingView())).toBe('')
  })
})

describe('people to pick', () => {
  const people = peopleSection({
    members: [personView({ id: 'gone', present: false }), personView({ id: 'cam', role: 'room' })],
    viewers_listed: [personView({ id: 'v', name: '刘桂芳', role: 'viewer' })],
  })

  test('are those present first, and no devices', () => {
    expect(pickable(people).map((one) => one.id)).toEqual(['v', 'gone'])
    expect(pickable(null)).toEqual([])
  })

  test('are those on the roster expected who have not come', () => {
    const line = (id: string): RosterLineView => ({
      ...{ id, name: id, office: '', role: 'participant', weight: 1, elector: true },
      ...{ holder: null, until: null, item: null, recused: [] },
    })
    const roster = { lines: [line('v'), line('sun')], electors: 2, weight: 2 }
    expect(expected(people, roster).map((one) => one.id)).toEqual(['sun'])
    expect(expected(people, null)).toEqual([])
  })

  test('a newcomer is told from an older person of the same name', () => {
    expect(newcomer(people, new Set(), '刘桂芳')).toBe('v')
    expect(newcomer(people, new Set(['v']), '刘桂芳')).toBeNull()
  })
})
