import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clockTime, countdown, percent } from '../src/format'
import { codeWords, fill, t } from '../src/words'
import { en } from '../src/words/en'
import { zh, type Key } from '../src/words/zh'

const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort()

describe('dictionaries', () => {
  test('both languages have the same keys and fill the same gaps', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
    for (const key of Object.keys(zh) as Key[]) expect(gaps(en[key]), key).toEqual(gaps(zh[key]))
  })

  test('no word stands in two files, where one would hide the other', () => {
    const folder = join(import.meta.dirname, '../src/words/zh')
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    const keys = [...text.join('').matchAll(/^  '([^']+)':/gm)].map((found) => found[1])
    expect(keys.sort()).toEqual(Object.keys(zh).sort())
  })

  test('every word is used somewhere', () => {
    const built = /^(code|state|role|stopped|live\.state|agenda|device|minutes|clock|hand|side|place|reason|behind|mode|order|hide|held|hand_hint|call_end|own|sort)\./ // from parts
    const src = join(import.meta.dirname, '../src')
    const pages = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith('words'))
      .map((name) => readFileSync(join(src, name), 'utf8'))
      .join('')
    const unused = Object.keys(zh).filter((key) => !built.test(key) && !pages.includes(`'${key}'`))
    expect(unused).toEqual([])
  })

  test('Chinese comes first', () => {
    expect(t('floor.waiting', { n: 3 })).toBe('您排在第 3 位')
  })

  test('a gap that is not filled stays visible', () => {
    expect(fill('{a} {b}', { a: 1 })).toBe('1 {b}')
  })

  test('a code of a later service is shown as it is', () => {
    expect(codeWords('vote.closed')).toBe(zh['code.vote.closed'])
    expect(codeWords('tea.cold')).toBe('操作没有成功（tea.cold）')
  })
})

describe('times', () => {
  test('run from seconds to hours and never below zero', () => {
    expect(clockTime(65_999)).toBe('1:05')
    expect(clockTime(3_600_000 + 61_000)).toBe('1:01:01')
    expect(clockTime(-5)).toBe('0:00')
  })

  test('a countdown shows its last second until it is over', () => {
    expect(countdown(59_001)).toBe('1:00')
    expect(countdown(1)).toBe('0:01')
    expect(countdown(0)).toBe('0:00')
  })

  test('a share of nothing is nothing', () => {
    expect(percent(1, 3)).toBe('33%')
    expect(percent(0, 0)).toBe('0%')
  })
})
