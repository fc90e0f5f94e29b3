import { expect, test } from 'vitest'
import { backoffMs } from '../../src/wire/backoff'
import { Clock } from '../../src/wire/clock'

test('the sample with the shortest round trip decides', () => {
  const clock = new Clock()
  clock.add(1_000, 1_400, 6_300) // 400 ms there and back, lopsided: says 5 100
  clock.add(2_000, 2_020, 7_010) // 20 ms: says 5 000
  clock.add(3_000, 3_900, 8_800) // 900 ms: says 5 350
  expect(clock.offsetMs).toBe(5_000)
})

test('a good sample is forgotten after eight others, so a changed device clock is noticed', () => {
  const clock = new Clock()
  clock.add(0, 2, 1_001)
  for (let n = 0; n < 8; n += 1) clock.add(n * 100, n * 100 + 50, n * 100 + 25 + 9_000)
  expect(clock.offsetMs).toBe(9_000)
})

test('an answer from before its question is no sample', () => {
  const clock = new Clock()
  clock.add(5_000, 4_000, 1)
  expect(clock.offsetMs).toBe(0)
})

test('waits grow to fifteen seconds and never fall below half', () => {
  expect(backoffMs(0, 0)).toBe(250)
  expect(backoffMs(0, 0.999)).toBeLessThan(500)
  expect(backoffMs(3, 0)).toBe(2_000)
  expect(backoffMs(1_000, 1)).toBe(15_000)
})
