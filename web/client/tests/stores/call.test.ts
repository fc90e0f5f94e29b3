import { describe, expect, test } from 'vitest'
import { callEnd } from '../../src/stores/call'
import type { CalledView } from '../../src/wire/generated'

const call: CalledView = {
  person: 'p',
  name: '',
  office: '',
  role: 'viewer',
  since_ms: 0,
  until_ms: 120_000,
  ready: false,
  text: '',
}

describe('a call that ended without a speech', () => {
  test('was declined by whoever declined it, however late', () => {
    expect(callEnd(call, true, 130_000)).toBe('declined')
  })

  test('ran out at its instant, and was taken back before', () => {
    expect(callEnd(call, false, 119_999)).toBe('host')
    expect(callEnd(call, false, 120_000)).toBe('timed_out')
  })

  test('cannot run out once somebody is ready, nor if it was not seen', () => {
    expect(callEnd({ ...call, until_ms: null, ready: true }, false, 500_000)).toBe('host')
    expect(callEnd(null, false, 500_000)).toBe('host')
  })
})
