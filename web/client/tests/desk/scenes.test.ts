import { describe, expect, it } from 'vitest'
import { standsIn } from '../../src/desk/scenes'

describe('what the host chose for the programme', () => {
  it('is missed only while something else is on in its place', () => {
    expect(standsIn({ layout: 'two', scene: 'speaker' })).toBe(true)
    expect(standsIn({ layout: 'two', scene: 'two' })).toBe(false)
    expect(standsIn({ layout: 'auto', scene: 'room' })).toBe(false)
  })

  it('waits without a word while the meeting begins, rests or ends', () => {
    for (const scene of ['opening', 'recess', 'closing'] as const)
      expect(standsIn({ layout: 'room', scene })).toBe(false)
  })

  it('is unknown before the programme runs', () => {
    expect(standsIn(null)).toBe(false)
    expect(standsIn({ layout: 'room', scene: null })).toBe(false)
  })
})
