import { expect, test } from 'vitest'
import { WeakLine } from '../../src/livestream/weakline'

const LOOK_MS = 250

/** Look every quarter of a second for so long; how often it changed. */
function looks(line: WeakLine, seconds: number, moves: boolean | ((at: number) => boolean)): number {
  let changes = 0
  for (let at = 0; at < seconds; at += LOOK_MS / 1_000) {
    if (line.look(LOOK_MS, typeof moves === 'function' ? moves(at) : moves)) changes += 1
  }
  return changes
}

test('five seconds of standing still are borne, more are not', () => {
  const line = new WeakLine()
  looks(line, 5, false)
  expect(line.soundOnly).toBe(false)
  looks(line, 0.25, false)
  expect(line.soundOnly).toBe(true)
})

test('short gaps of a good line add up to nothing', () => {
  const line = new WeakLine()
  expect(looks(line, 600, (at) => at % 20 > 1.5)).toBe(0)
})

test('a picture that stands still half of the time is given up', () => {
  const line = new WeakLine()
  looks(line, 15, (at) => at % 2 >= 1)
  expect(line.soundOnly).toBe(true)
})

test('pictures are tried again after 20 seconds of sound, and stay if they hold', () => {
  const line = new WeakLine()
  looks(line, 6, false)
  expect(looks(line, 18.5, true)).toBe(0)
  expect(looks(line, 1, true)).toBe(1)
  expect(line.soundOnly).toBe(false)
  expect(looks(line, 600, true)).toBe(0)
})

test('each try in vain doubles the wait, up to a bound; a minute that held begins anew', () => {
  const line = new WeakLine()
  const waits: number[] = []
  for (let turn = 0; turn < 7; turn += 1) {
    looks(line, 6, false)
    let waited = 0
    while (line.soundOnly) waited += looks(line, 1, true) || line.soundOnly ? 1 : 0
    waits.push(waited)
  }
  expect(waits).toEqual([20, 40, 80, 160, 320, 320, 320].map((s) => expect.closeTo(s, -0.5)))
  looks(line, 61, true)
  looks(line, 6, false)
  expect(looks(line, 20, true)).toBe(1)
})

test('as long as not even the sound plays, no pictures are tried', () => {
  const line = new WeakLine()
  looks(line, 6, false)
  expect(looks(line, 100, false)).toBe(0)
  expect(looks(line, 0.25, true)).toBe(1)
})

test('a viewer who wants pictures has them at once', () => {
  const line = new WeakLine()
  looks(line, 6, false)
  line.pictures()
  expect(line.soundOnly).toBe(false)
  expect(looks(line, 4, false)).toBe(0)
})
