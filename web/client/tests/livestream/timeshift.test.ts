import { expect, test } from 'vitest'
import { broughtTo, LIVE_WITHIN_MS, worthABar } from '../../src/livestream/timeshift'

const SPAN = { startMs: 1_000_000, edgeMs: 1_600_000 }

test('a moment of the past is where one is brought', () => {
  expect(broughtTo(1_200_000, SPAN)).toBe(1_200_000)
  expect(broughtTo(SPAN.edgeMs - LIVE_WITHIN_MS, SPAN)).toBe(SPAN.edgeMs - LIVE_WITHIN_MS)
})

test('what is all but now is live', () => {
  expect(broughtTo(SPAN.edgeMs - LIVE_WITHIN_MS + 1, SPAN)).toBeNull()
  expect(broughtTo(SPAN.edgeMs + 5_000, SPAN)).toBeNull()
})

test('before the start is the start', () => {
  expect(broughtTo(0, SPAN)).toBe(SPAN.startMs)
})

test('there is a bar once there is something to go back to', () => {
  expect(worthABar({ startMs: 0, edgeMs: 2 * LIVE_WITHIN_MS })).toBe(false)
  expect(worthABar({ startMs: 0, edgeMs: 2 * LIVE_WITHIN_MS + 1 })).toBe(true)
})
