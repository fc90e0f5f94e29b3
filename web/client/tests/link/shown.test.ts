import { beforeEach, expect, test } from 'vitest'
import { picturesOf, Shown } from '../../src/link/shown'
import type { Received } from '../../src/link/subscriber'
import type { ShownPicture } from '../../src/wire/generated'

const track = (name: string) => ({ id: name }) as MediaStreamTrack
const chen = track('chen')
const li = track('li')
const own = track('own')
const received: ReadonlyMap<string, Received> = new Map([
  ['chen', { sound: track('voice'), picture: chen }],
  ['li', { sound: null, picture: li }],
])

let nowMs: number
let timers: { at: number; run: () => void }[]
let told: ShownPicture[][]
let shown: Shown

const pass = (ms: number) => {
  const until = nowMs + ms
  for (;;) {
    const next = timers.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0]
    if (!next) break
    timers.splice(timers.indexOf(next), 1)
    nowMs = next.at
    next.run()
  }
  nowMs = until
}

beforeEach(() => {
  nowMs = 0
  timers = []
  told = []
  shown = new Shown(
    (ms, run) => {
      const timer = { at: nowMs + ms, run }
      timers.push(timer)
      return () => timers.splice(timers.indexOf(timer), 1)
    },
    (pictures) => told.push(pictures),
  )
  shown.received(received)
  pass(1_000)
  told.length = 0
})

test('what is laid out at once is told once', () => {
  shown.put('large', chen, 720)
  shown.put('small', li, 90)
  pass(50)
  expect(told).toEqual([
    [
      { person: 'chen', kind: 'picture', height: 720 },
      { person: 'li', kind: 'picture', height: 90 },
    ],
  ])
})

test('what changes all the time is told at most three times a second, and the last state is told', () => {
  for (let n = 1; n <= 100; n += 1) {
    shown.put('large', chen, 100 + n)
    pass(10)
  }
  expect(told.length).toBeLessThanOrEqual(4)
  pass(1_000)
  expect(told.at(-1)).toEqual([{ person: 'chen', kind: 'picture', height: 200 }])
})

test('what did not change is not told again', () => {
  shown.put('large', chen, 720)
  pass(1_000)
  shown.put('large', chen, 720)
  shown.received(received)
  pass(1_000)
  expect(told).toHaveLength(1)
})

test('a page that lies behind others shows nothing, and everything again when it comes forward', () => {
  shown.put('large', chen, 720)
  pass(1_000)
  shown.hide(true)
  pass(1_000)
  shown.hide(false)
  pass(1_000)
  expect(told.map((one) => one.length)).toEqual([1, 0, 1])
})

test('what leaves the page, or is scrolled out of sight, is not shown', () => {
  shown.put('large', chen, 720)
  shown.put('small', li, 90)
  pass(1_000)
  shown.remove('large')
  shown.put('small', li, 0)
  pass(1_000)
  expect(told.at(-1)).toEqual([])
})

test('of several places of a picture the largest counts, and the own is none', () => {
  const places = [
    { track: chen, height: 90 },
    { track: chen, height: 360.4 },
    { track: own, height: 200 },
  ]
  expect(picturesOf(places, received)).toEqual([{ person: 'chen', kind: 'picture', height: 360 }])
})
