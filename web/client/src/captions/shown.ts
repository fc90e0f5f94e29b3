/** Which captions are on the screen at a moment. Pure. */

import type { CaptionView } from '../wire/generated'

/** Lines at a time: what was said last, and what it belongs to. */
const LINES = 2

export interface Line {
  id: number
  /** Who said it, if somebody else than the line before; empty: the same, or somebody in the room. */
  name: string
  text: string
}

/**
 * The newest of those that have begun and are not over.
 *
 * @param nowMs the moment that the screen shows, service's clock; null: none
 */
export function shownLines(captions: readonly CaptionView[], nowMs: number | null): Line[] {
  if (nowMs === null) return []
  const now = captions.filter((one) => one.at_ms <= nowMs && nowMs < one.until_ms).slice(-LINES)
  return now.map((one, index) => ({
    id: one.id,
    name: one.name === now[index - 1]?.name ? '' : one.name,
    text: one.text,
  }))
}

/** The same of a recording's cues, which begin with the name: "李工：…" (web/captions.py). */
export function cueLines(cues: readonly { id: string; text: string }[]): Line[] {
  return cues.slice(-LINES).map((cue, index) => ({
    id: Number.parseInt(cue.id, 10) || index,
    name: '',
    text: cue.text.replace(/\n/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&'),
  }))
}
