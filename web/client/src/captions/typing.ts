/** When somebody said what is being typed. Pure. */

/** People hear a sentence, then type it. */
const HEARD_BEFORE_MS = 1_500
/** The service takes a minute at most (captions/rules.py). */
const LONGEST_MS = 55_000
const SHORTEST_MS = 500

/** @param begunMs when typing began, @param nowMs when it was sent; the service's clock */
export function saidFrom(begunMs: number, nowMs: number): { from_ms: number; until_ms: number } {
  const earliest = nowMs - LONGEST_MS
  const from = Math.min(Math.max(begunMs - HEARD_BEFORE_MS, earliest), nowMs - SHORTEST_MS)
  return { from_ms: Math.round(from), until_ms: Math.round(nowMs) }
}

/**
 * Whether a key sends the line. Enter also ends the choice of Chinese characters, and Safari tells
 * of that one after the composition, with key code 229.
 */
export function sends(event: Pick<KeyboardEvent, 'key' | 'isComposing' | 'keyCode'>): boolean {
  return event.key === 'Enter' && !event.isComposing && event.keyCode !== 229
}
