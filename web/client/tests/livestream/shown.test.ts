import { expect, test } from 'vitest'
import { shownAtMs } from '../../src/livestream/shown'

const AT = Date.parse('2026-11-22T06:00:00.000Z')

test('through Media Source it is what hls.js reads in the segments', () => {
  expect(shownAtMs({ playingDate: new Date(AT + 1_234) }, { currentTime: 99 })).toBe(AT + 1_234)
})

test('played by the browser itself it is the start of the stream and the seconds since', () => {
  const video = { currentTime: 5.4321, getStartDate: () => new Date(AT) }
  expect(shownAtMs(null, video)).toBe(AT + 5_432)
})

test('without a time in the stream nothing is made up', () => {
  expect(shownAtMs({ playingDate: null }, { currentTime: 5 })).toBeNull()
  expect(shownAtMs(null, { currentTime: 5 })).toBeNull()
  expect(shownAtMs(null, { currentTime: 5, getStartDate: () => new Date(NaN) })).toBeNull()
})
