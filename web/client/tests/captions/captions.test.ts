import { describe, expect, it } from 'vitest'
import { cueLines, shownLines } from '../../src/captions/shown'
import { saidFrom, sends } from '../../src/captions/typing'

const caption = (id: number, at: number, until: number, name = '') => ({
  id,
  at_ms: at,
  until_ms: until,
  text: `第${id}句`,
  name,
  recognised: false,
})

describe('captions on the screen', () => {
  it('are those that have begun and are not over, two at most', () => {
    const all = [caption(1, 0, 9_000), caption(2, 1_000, 9_000), caption(3, 2_000, 4_000)]
    const ids = (now: number | null) => shownLines(all, now).map((one) => one.id)
    expect([ids(-1), ids(0), ids(1_000), ids(2_000), ids(4_000), ids(9_000)]).toEqual([
      [],
      [1],
      [1, 2],
      [2, 3],
      [1, 2],
      [],
    ])
    expect(ids(null)).toEqual([])
  })

  it('name who speaks once', () => {
    const all = [caption(1, 0, 9, '李工'), caption(2, 0, 9, '李工'), caption(3, 0, 9, '王阿姨')]
    expect(shownLines(all.slice(0, 2), 1).map((one) => one.name)).toEqual(['李工', ''])
    expect(shownLines(all.slice(1), 1).map((one) => one.name)).toEqual(['李工', '王阿姨'])
  })

  it('are read from the cues of a recording as they were written', () => {
    expect(cueLines([{ id: '7-1', text: '一 &lt;b&gt;\n&amp;amp; 二' }])).toEqual([
      { id: 7, name: '', text: '一 <b>&amp; 二' },
    ])
  })
})

describe('typing', () => {
  it('takes what was said a moment before it was begun', () => {
    expect(saidFrom(10_000, 14_000)).toEqual({ from_ms: 8_500, until_ms: 14_000 })
  })

  it('keeps to what the service takes', () => {
    expect(saidFrom(0, 100_000)).toEqual({ from_ms: 45_000, until_ms: 100_000 })
    expect(saidFrom(20_000, 14_000.4)).toEqual({ from_ms: 13_500, until_ms: 14_000 })
  })

  it('sends with Enter, but not with the Enter that chooses characters', () => {
    const key = { key: 'Enter', isComposing: false, keyCode: 13 }
    expect(sends(key)).toBe(true)
    expect(sends({ ...key, isComposing: true })).toBe(false)
    expect(sends({ ...key, keyCode: 229 })).toBe(false)
    expect(sends({ ...key, key: 'a' })).toBe(false)
  })
})
