/** What the rules of commenting leave somebody at this moment; meetings/comments/rules.py decides. */

import type { CommentsSection, MeSection, Role } from '../wire/generated'

export interface Limits {
  /** Nobody may comment. */
  off: boolean
  /** Comments are looked at before they are shown. */
  held: boolean
  /** Until the next may be sent, milliseconds. */
  waitMs: number
  /** How many may be sent yet; null: any number. */
  left: number | null
}

/** The desk is bound by none of it. */
const DESK: readonly Role[] = ['host', 'deputy', 'clerk']

/** @param nowMs the service's wall clock */
export function limits(comments: CommentsSection | null, me: MeSection | null, nowMs: number): Limits {
  if (!comments || !me || DESK.includes(me.role)) return { off: false, held: false, waitMs: 0, left: null }
  const { moderation, slow_s, per_person_max } = comments.rules
  const lastMs = me.comments.at(-1)?.at_ms ?? -Infinity
  return {
    off: moderation === 'off',
    held: moderation === 'pre',
    waitMs: Math.max(0, lastMs + slow_s * 1000 - nowMs),
    left: per_person_max === null ? null : Math.max(0, per_person_max - me.comments_posted),
  }
}
