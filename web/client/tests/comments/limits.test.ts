import { describe, expect, test } from 'vitest'
import { limits } from '../../src/comments/limits'
import { commentsSection, meSection, ownComment } from '../sections'

const rules = { moderation: 'post', slow_s: 30, per_person_max: 3, word_list: true } as const
const comments = commentsSection({ rules })

describe('the rules of commenting', () => {
  test('let the first comment through at once', () => {
    expect(limits(comments, meSection())).toEqual({ off: false, held: false, nextMs: 0, left: 3 })
  })

  test('make one wait after the own newest comment', () => {
    const me = meSection({ comments: [ownComment({ at_ms: 1_000 })], comments_posted: 1 })
    expect(limits(comments, me)).toMatchObject({ nextMs: 31_000, left: 2 })
  })

  test('leave none at the limit, and never less', () => {
    expect(limits(comments, meSection({ comments_posted: 3 })).left).toBe(0)
    expect(limits(comments, meSection({ comments_posted: 9 })).left).toBe(0)
  })

  test('bind nobody at the desk', () => {
    const shut = commentsSection({ rules: { ...rules, moderation: 'off' } })
    expect(limits(shut, meSection()).off).toBe(true)
    const host = meSection({ role: 'host', comments_posted: 9 })
    expect(limits(shut, host)).toEqual({ off: false, held: false, nextMs: 0, left: null })
  })
})
