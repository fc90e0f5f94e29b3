/** What somebody may ask for in the queue at this moment; meetings/floor/rules.py decides. */

import type { FloorRules, FloorSection, MeSection, RequestFloor, WaitingView } from '../wire/generated'

export type Kind = RequestFloor['kind']

/** All but a speech go before speeches, and of them a person may have one besides a speech. */
const URGENT: readonly Kind[] = ['reply', 'question', 'point_of_order']

/** Kinds that can be asked for, the usual one first; none: all that one may have is in the queue. */
export function kindsOpen(floor: FloorSection | null, me: MeSection | null): Kind[] {
  if (!floor || !me) return []
  const own = ownHands(floor, me)
  // Of a long queue only the beginning is known here, and there stands whatever goes before speeches.
  const beyond = me.request !== null && !own.length
  const speech = floor.rules.mode !== 'list' && !beyond && !own.some((one) => one.kind === 'speech')
  const urgent = !own.some((one) => one.kind !== 'speech')
  return [...(speech ? (['speech'] as const) : []), ...(urgent ? URGENT : [])]
}

/** The own hands, the foremost first. */
export function ownHands(floor: FloorSection | null, me: MeSection | null): WaitingView[] {
  return (floor?.queue ?? []).filter((one) => one.person === me?.person)
}

/** Whether the rules tell those for from those against. */
export function asksSide(rules: FloorRules): boolean {
  const turns = rules.mode === 'open' && rules.order.includes('alternate_side')
  return turns || (rules.group_s !== null && rules.group_by === 'side')
}
