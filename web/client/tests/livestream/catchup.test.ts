import { expect, test } from 'vitest'
import { catchUpRate, Caution } from '../../src/livestream/catchup'

const PLENTY = 0.6

test('at the aim, or nearer to the edge, the picture plays as it was made', () => {
  expect(catchUpRate(0, PLENTY, 1)).toBe(1)
  expect(catchUpRate(-0.3, PLENTY, 1)).toBe(1)
  expect(catchUpRate(-0.3, PLENTY, 1.15)).toBe(1)
})

test('the farther behind, the faster', () => {
  expect(catchUpRate(0.1, PLENTY, 1)).toBe(1)
  expect(catchUpRate(0.11, PLENTY, 1)).toBe(1.05)
  expect(catchUpRate(0.5, PLENTY, 1)).toBe(1.05)
  expect(catchUpRate(0.51, PLENTY, 1)).toBe(1.15)
})

test('once it hurries, it goes on until it is there', () => {
  expect(catchUpRate(0.05, PLENTY, 1.05)).toBe(1.05)
  expect(catchUpRate(0.05, PLENTY, 1)).toBe(1)
  expect(catchUpRate(0.03, PLENTY, 1.05)).toBe(1)
})

test('with little in hand it never hurries', () => {
  expect(catchUpRate(3, 0.39, 1.15)).toBe(1)
  expect(catchUpRate(3, 0.4, 1)).toBe(1.15)
})

test('a late start ends at the aim, and never runs dry on the way', () => {
  // as LL-HLS brings it: parts of 0.2 s, whole, the edge going on between them
  const look = 0.25
  let behind = 1.3
  let rate = 1
  let lowest = Infinity
  for (let at = 0; at < 30; at += look) {
    const ahead = 0.7 + behind - (at % 0.2)
    lowest = Math.min(lowest, ahead)
    rate = catchUpRate(behind, ahead, rate)
    behind -= (rate - 1) * look
  }
  expect(Math.abs(behind)).toBeLessThan(0.1)
  expect(rate).toBe(1)
  expect(lowest).toBeGreaterThan(0.4)
})

test('each stall leads farther from the edge, up to a second', () => {
  const caution = new Caution()
  expect(caution.extraS(0)).toBe(0)
  for (let stall = 1; stall < 9; stall++) {
    caution.stalled(stall)
    expect(caution.extraS(stall)).toBeCloseTo(Math.min(stall, 5) * 0.2)
  }
})

test('after a calm minute it comes nearer again, by a step a minute', () => {
  const caution = new Caution()
  caution.stalled(1_000)
  expect(caution.extraS(60_999)).toBeCloseTo(0.2)
  expect(caution.extraS(61_000)).toBe(0)
  expect(caution.extraS(500_000)).toBe(0)
})

test('who stalls again has to be calm for longer, ten minutes at most', () => {
  const caution = new Caution()
  caution.stalled(0)
  caution.stalled(0)
  expect(caution.extraS(119_999)).toBeCloseTo(0.4)
  expect(caution.extraS(120_000)).toBeCloseTo(0.2)
  expect(caution.extraS(239_999)).toBeCloseTo(0.2)
  expect(caution.extraS(240_000)).toBe(0)
  for (let stall = 0; stall < 6; stall++) caution.stalled(300_000)
  expect(caution.extraS(899_999)).toBeCloseTo(1)
  expect(caution.extraS(900_000)).toBeCloseTo(0.8)
})
