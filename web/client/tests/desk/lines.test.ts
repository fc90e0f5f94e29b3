import { describe, expect, test } from 'vitest'
import { alerts } from '../../src/desk/alerts'
import { bitrate, figures, lineWords, onLink, share } from '../../src/desk/lines'
import { emptySections } from '../../src/stores/sections'
import type { CallView } from '../../src/wire/generated'
import { peopleSection as people } from '../sections'

const good: CallView = {
  ...{ person: 'li', trouble: null, round_trip_ms: 40, bitrate: 1_200_000, estimate: 2_500_000 },
  ...{ lost: 4, pictures: 3, paused: 0, freezes: 0, frozen_ms: 0, concealed: 2 },
  tracks: [
    { kind: 'sound', bitrate: 32_000, lost: 0, jitter_ms: 2, layers: [32_000] },
    { kind: 'picture', bitrate: 610_000, lost: 12, jitter_ms: 9, layers: [150_000, 460_000, 0] },
  ],
}
const weak: CallView = { ...good, person: 'wang', trouble: 'sound_only', paused: 3 }
const source = (person: string) => ({ person, sound: false, picture: true, screen: false })

describe('the people on the link', () => {
  test('come with their lines, those in trouble first', () => {
    const held = emptySections()
    held.links = { sources: [source('zhao'), source('li'), source('wang')], cameras: [] }
    held.calls = { calls: [good, weak], howls: [] }
    held.speakers = { persons: ['li'] }
    held.people = people({ link: { ...people().link, muted: ['zhao'], stopped: ['li'] } })
    const rows = onLink(held)
    expect(rows.map((one) => one.person)).toEqual(['wang', 'zhao', 'li'])
    expect(rows.map((one) => [one.speaking, one.muted, one.stopped])).toEqual([
      [false, false, false],
      [false, true, false],
      [true, false, true],
    ])
  })

  test('are nobody before anything came', () => {
    expect(onLink(emptySections())).toEqual([])
  })
})

describe('a line', () => {
  test('is told in plain words', () => {
    expect(lineWords(null)).toBe('正在测量线路')
    expect(lineWords(good)).toBe('线路良好')
    expect(lineWords(weak)).toBe('线路较弱：只传声音')
    expect(lineWords({ ...good, trouble: 'slow', round_trip_ms: 650 })).toContain('650 毫秒')
  })

  test('has its figures behind them', () => {
    const read = new Map(figures(good))
    expect(read.get('往返时间')).toBe('40 毫秒')
    expect(read.get('送出画面')).toBe('610 kbit/s，丢失 1.2%，抖动 9 毫秒')
    expect(read.get('画面各档')).toBe('150 kbit/s / 460 kbit/s / 0 kbit/s')
    expect(read.get('线路估计')).toBe('2.5 Mbit/s')
    const none = new Map(figures({ ...good, round_trip_ms: null, estimate: null, tracks: [] }))
    expect(none.get('往返时间')).toBe('没有数据')
    expect([none.has('送出画面'), none.has('线路估计')]).toEqual([false, false])
  })

  test('is measured in kbit/s, then Mbit/s, and in per cent', () => {
    expect([bitrate(499), bitrate(999_499), bitrate(1_000_000)]).toEqual([
      '0 kbit/s',
      '999 kbit/s',
      '1.0 Mbit/s',
    ])
    expect(share(5)).toBe('0.5%')
  })
})

test('a howl is the gravest, until its microphone is muted', () => {
  const held = emptySections()
  held.calls = { calls: [], howls: [{ person: 'room', frequency_hz: 1250 }] }
  held.people = people()
  expect(alerts(held)[0]).toEqual({ code: 'howl', n: 0, tab: 'people', grave: true })
  held.people = people({ link: { ...people().link, muted: ['room'] } })
  expect(alerts(held)).toEqual([])
})
