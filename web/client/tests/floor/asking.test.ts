import { describe, expect, test } from 'vitest'
import { asksSide, kindsOpen } from '../../src/floor/asking'
import { floorRules, floorSection, meSection, waitingView } from '../sections'

const mine = (kind: 'speech' | 'question') => waitingView({ person: 'p', kind })

describe('what one may ask for', () => {
  test('is everything at first, a speech before all', () => {
    expect(kindsOpen(floorSection(), meSection())).toEqual(['speech', 'reply', 'question', 'point_of_order'])
    expect(kindsOpen(null, meSection())).toEqual([])
  })

  test('is one speech, and one of what goes before speeches', () => {
    const urgent = ['reply', 'question', 'point_of_order']
    const me = meSection({ request: 1 })
    expect(kindsOpen(floorSection({ queue: [mine('speech')] }), me)).toEqual(urgent)
    expect(kindsOpen(floorSection({ queue: [mine('question')] }), me)).toEqual(['speech'])
    expect(kindsOpen(floorSection({ queue: [mine('question'), mine('speech')] }), me)).toEqual([])
  })

  test('counts an own hand so far behind that it is not shown as a speech', () => {
    expect(kindsOpen(floorSection({ waiting: 90 }), meSection({ request: 7 }))).not.toContain('speech')
  })

  test('is no speech where a list says who speaks', () => {
    const list = floorSection({ rules: floorRules({ mode: 'list' }) })
    expect(kindsOpen(list, meSection())).toEqual(['reply', 'question', 'point_of_order'])
  })
})

describe('the side', () => {
  test('is asked where the rules go by it', () => {
    expect(asksSide(floorRules())).toBe(false)
    expect(asksSide(floorRules({ order: ['alternate_side'] }))).toBe(true)
    expect(asksSide(floorRules({ mode: 'host', order: ['alternate_side'] }))).toBe(false)
    expect(asksSide(floorRules({ group_s: 60, group_by: 'side' }))).toBe(true)
    expect(asksSide(floorRules({ group_by: 'side' }))).toBe(false)
  })
})
