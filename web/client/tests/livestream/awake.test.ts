import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Awake, AWAKE_MS } from '../../src/livestream/awake'

let told: boolean[]
let bar: Awake

beforeEach(() => {
  vi.useFakeTimers()
  told = []
  bar = new Awake((awake) => told.push(awake))
})
afterEach(() => vi.useRealTimers())

describe('what lies over a picture', () => {
  it('goes while nobody moves, and comes back', () => {
    bar.moved()
    vi.advanceTimersByTime(AWAKE_MS - 1)
    bar.moved()
    vi.advanceTimersByTime(AWAKE_MS - 1)
    expect(told).toEqual([])
    vi.advanceTimersByTime(1)
    expect(told).toEqual([false])
    bar.moved()
    expect(told).toEqual([false, true])
  })

  it('goes with the mouse', () => {
    bar.moved()
    bar.left()
    expect(told).toEqual([false])
  })

  it('stays while the keyboard is in it', () => {
    bar.hold(true)
    bar.left()
    vi.advanceTimersByTime(10 * AWAKE_MS)
    expect(told).toEqual([])
    bar.hold(false)
    vi.advanceTimersByTime(AWAKE_MS)
    expect(told).toEqual([false])
  })

  it('does not come because the keyboard leaves what it was not in', () => {
    bar.left()
    bar.hold(false)
    expect(told).toEqual([false])
  })

  it('is only shown by a first touch, wherever that is', () => {
    for (const control of [true, false]) {
      bar.left()
      bar.pressed(true, control)
      expect(told.pop()).toBe(true)
      expect(bar.onlyShown()).toBe(true)
    }
  })

  it('takes the touch that follows, and the next click is of another press', () => {
    bar.left()
    bar.pressed(true, true) // a scroll begins: no click follows
    bar.pressed(true, true)
    expect(bar.onlyShown()).toBe(false)
  })

  it('goes with a touch beside it', () => {
    bar.pressed(true, false)
    expect(told).toEqual([false])
    expect(bar.onlyShown()).toBe(false)
  })

  it('takes every click of a mouse, which moved there before', () => {
    bar.left()
    bar.pressed(false, false)
    expect(bar.onlyShown()).toBe(false)
    expect(told).toEqual([false, true])
  })
})
