import { expect, test } from 'vitest'
import { activate } from '../../src/link/publisher'

const layers = (...active: (boolean | undefined)[]) =>
  ['q', 'h', 'f'].map((rid, i) => ({ rid, active: active[i] })) as RTCRtpEncodingParameters[]

test('layers that nobody shows are paused, and go on when they are named again', () => {
  const encodings = layers(true, true, true)
  expect(activate(encodings, ['q', 'f'])).toBe(true)
  expect(encodings.map((one) => one.active)).toEqual([true, false, true])
  expect(activate(encodings, ['q', 'h'])).toBe(true)
  expect(encodings.map((one) => one.active)).toEqual([true, true, false])
})

test('what is so already is no change', () => {
  expect(activate(layers(undefined, undefined, undefined), ['q', 'h', 'f'])).toBe(false)
  expect(activate(layers(true, false, false), ['q'])).toBe(false)
})

test('a picture of one layer is always sent', () => {
  const one = [{ active: true }]
  expect(activate(one, ['q'])).toBe(false)
  expect(one[0]?.active).toBe(true)
})

test('names of other layers never end the picture', () => {
  expect(activate(layers(true, true, true), ['x'])).toBe(false)
  expect(activate(layers(true, true, true), [])).toBe(false)
})
