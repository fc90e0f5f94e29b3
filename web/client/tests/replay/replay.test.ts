import { describe, expect, it } from 'vitest'
import { momentIn, pieces, positionIn, wantedMoment } from '../../src/livestream/moment'
import { chaptersAt, happened, happenings, marks, momentLink, type Chapter } from '../../src/replay/replay'
import type { CommentView } from '../../src/wire/generated'
import { voteView } from '../sections'

const AT = Date.parse('2026-11-22T06:00:00.000Z')
/** Eight seconds, a break of a minute, and two more. */
const RECORDED = pieces(`#EXTM3U
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T06:00:00.000Z
#EXTINF:4.0,
1-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T06:00:04.000Z
#EXTINF:4.0,
1-1.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T06:01:08.000Z
#EXTINF:2.0,
2-2.m4s
#EXT-X-ENDLIST
`)

function chapter(kind: Chapter['kind'], fromS: number, untilS: number | null): Chapter {
  const until_ms = untilS === null ? null : AT + untilS * 1000
  return { kind, id: fromS, label: '', at_ms: AT + fromS * 1000, until_ms }
}

function comment(id: number, atS: number, seenS: number | null = null): CommentView {
  return {
    id,
    person: 'p',
    name: '刘桂芳',
    role: 'viewer',
    text: '',
    at_ms: AT + atS * 1000,
    seen_ms: seenS === null ? null : AT + seenS * 1000,
    likes: 0,
    reply_to: null,
    question_for: null,
    question_name: '',
  }
}

describe('a place on the bar', () => {
  it('is the moment that was recorded there, over a break', () => {
    for (const [positionS, atS] of [[0, 0], [5.5, 5.5], [8, 68], [9, 69]] as const) {
      expect(momentIn(RECORDED, positionS)).toBe(AT + atS * 1000)
      expect(positionIn(RECORDED, AT + atS * 1000)).toBe(positionS)
    }
  })

  it('beyond the end is the end, and nowhere where nothing was recorded', () => {
    expect(momentIn(RECORDED, 99)).toBe(AT + 70_000)
    expect(momentIn([], 0)).toBe(null)
  })

  it('is marked for chapters and results, in the break at its end', () => {
    const told = {
      chapters: [chapter('item', 0, 69), chapter('vote', 30, 69)],
      votes: [voteView({ state: 'closed', closed_ms: AT + 69_000 })],
    }
    expect(marks(told, RECORDED).map(({ kind, share }) => [kind, share])).toEqual([
      ['item', 0],
      ['vote', 0.8],
      ['result', 0.9],
    ])
    expect(marks(told, [])).toEqual([])
  })
})

describe('what is replayed', () => {
  const all = happenings({
    comments: [comment(7, 20, 3), comment(5, 6)],
    votes: [voteView({ state: 'closed', closed_ms: AT + 5_000 })],
  })

  it('comes where it belongs: comments at what they answer, results where they were told', () => {
    expect(all.map((one) => [one.key, (one.atMs - AT) / 1000])).toEqual([
      ['comment 7', 3],
      ['vote 7', 5],
      ['comment 5', 6],
    ])
  })

  it('has happened from its very moment on', () => {
    const counts = [2_999, 3_000, 5_000, 5_999, 6_000].map((ms) => happened(all, AT + ms))
    expect(counts).toEqual([0, 1, 2, 2, 3])
  })
})

describe('the chapters of a moment', () => {
  const chapters = [chapter('item', 0, 60), chapter('speech', 2, 5), chapter('speech', 6, null)]

  it('are those under way', () => {
    const at = (s: number) => chaptersAt(chapters, AT + s * 1000).map((one) => [one.kind, one.id])
    expect(at(-1)).toEqual([])
    expect(at(3)).toEqual([['item', 0], ['speech', 2]])
    expect(at(5)).toEqual([['item', 0]])
    expect(at(70)).toEqual([['speech', 6]])
  })
})

describe('a link to share', () => {
  it('leads to where it was made', () => {
    const link = momentLink('https://y.example', 'a1b2', 'm 1', AT + 0.4)
    expect(link).toBe(`https://y.example/r/a1b2?meeting=m%201&at=${AT}`)
    expect(wantedMoment(new URL(link).search)).toEqual({ meeting: 'm 1', atMs: AT })
  })
})
