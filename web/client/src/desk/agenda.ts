/** The agenda as the desk handles it. */

import type { AgendaItemView, AgendaSection } from '../wire/generated'

/** The ids in their order, one moved by so many places; null: it can't go there. */
export function moved(ids: readonly number[], id: number, by: number): number[] | null {
  const at = ids.indexOf(id)
  const to = at + by
  if (at < 0 || to < 0 || to >= ids.length) return null
  const others = ids.filter((one) => one !== id)
  return [...others.slice(0, to), id, ...others.slice(to)]
}

/** What the meeting turns to next: the first that waits after the current one, else the first. */
export function nextItem(agenda: AgendaSection | null): AgendaItemView | null {
  const items = agenda?.items ?? []
  const at = items.findIndex((item) => item.id === agenda?.current)
  const waits = (item: AgendaItemView) => item.state === 'pending'
  return items.slice(at + 1).find(waits) ?? items.find(waits) ?? null
}

/** Time that the meeting gave an item up to now. */
export function itemSpentMs(item: AgendaItemView, nowMs: number): number {
  return item.spent_ms + (item.running_ms === null ? 0 : Math.max(0, nowMs - item.running_ms))
}
