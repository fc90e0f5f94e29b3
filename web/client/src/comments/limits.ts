/** What the rules of commenting leave somebody at this moment; meetings/comments/rules.py decides. */

import type { CommentsSection, MeSection, Role } from '../wire/generated'

export interface Limits {
  /** Nobody may comment. */
  off: boolean
  /** Comments are looked at before they are shown. */
  held: boolean
  /** When the next may be sent, by the service's wall clock; 0: at once. */
  nextMs: number
  /** How many may be sent yet; null: any number. */
  left: number | null
}

/** The desk is bound by none of it. */
const DESK: readonly Role[] = ['host', 'deputy', 'clerk']

export function limits(comments: CommentsSection | null, me: MeSection | null): Limits {
  if (!comments || !me || DESK.includes(me.role)) return { off: false, held: false, nextMs: 0, left: null }
  const { moderation, slow_s, per_person_max } = comments.rules
  const last = me.comments.at(-1)
  return {
    off: moderation === 'off',
    held: moderation === 'pre',
    nextMs: last ? last.at_ms + slow_s * 1000 : 0,
    left: per_person_max === null ? null : Math.max(0, per_person_max - me.comments_posted),
  }
}
