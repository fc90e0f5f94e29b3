import { describe, expect, test } from 'vitest'
import { speechClock, spentMs } from '../../src/floor/clock'
import { holderView } from '../sections'

describe('the clock of a speech', () => {
  const timed = holderView({ until_ms: 60_000, warning_ms: 30_000 })

  test('counts down and warns from the announced instant on', () => {
    expect(speechClock(timed, 29_999)).toEqual({ kind: 'left', ms: 30_001, warn: false })
    expect(speechClock(timed, 30_000)).toEqual({ kind: 'left', ms: 30_000, warn: true })
  })

  test('counts up from the end on', () => {
    expect(speechClock(timed, 60_000)).toEqual({ kind: 'over', ms: 0, warn: true })
    expect(speechClock(timed, 75_000)).toEqual({ kind: 'over', ms: 15_000, warn: true })
  })

  test('never warns where the rules say so', () => {
    expect(speechClock(holderView({ until_ms: 60_000 }), 59_999).warn).toBe(false)
  })

  test('shows what is left while it is paused, however long that lasts', () => {
    const paused = holderView({ paused: true, left_ms: 12_000, running_ms: null })
    expect(speechClock(paused, 1e9)).toEqual({ kind: 'paused', ms: 12_000, warn: false })
    expect(speechClock({ ...paused, left_ms: 0 }, 1e9).warn).toBe(true)
  })

  test('shows what was spoken where there is no end, pauses apart', () => {
    const endless = holderView({ spent_ms: 5_000, running_ms: 100_000 })
    expect(speechClock(endless, 107_000)).toEqual({ kind: 'spent', ms: 12_000, warn: false })
    expect(spentMs({ ...endless, running_ms: null }, 1e9)).toBe(5_000)
    expect(spentMs(endless, 99_000)).toBe(5_000) // a clock that is a little behind
  })
})
