/** People as the desk picks them. */

import { d } from '../words/desk'
import type { PeopleSection, PersonView, QuorumView, RosterLineView, RosterSection } from '../wire/generated'

/** Everybody but the devices: who is present first, the members before the viewers. */
export function pickable(people: PeopleSection | null): PersonView[] {
  const all = [...(people?.members ?? []), ...(people?.viewers_listed ?? [])]
  const seen = new Set<string>()
  const persons = all.filter((one) => {
    if (one.role === 'room' || one.role === 'display' || seen.has(one.id)) return false
    seen.add(one.id)
    return true
  })
  return persons.sort((a, b) => Number(b.present) - Number(a.present))
}

/** Who is on the roster and has not come yet. */
export function expected(people: PeopleSection | null, roster: RosterSection | null): RosterLineView[] {
  const came = new Set(pickable(people).map((one) => one.id))
  return (roster?.lines ?? []).filter((line) => !came.has(line.id))
}

/** The one of this name who was not there before; null: not come yet. */
export function newcomer(
  people: PeopleSection | null,
  before: ReadonlySet<string>,
  name: string,
): string | null {
  return pickable(people).find((one) => one.name === name && !before.has(one.id))?.id ?? null
}

/** How many of those entitled are here, and whether that is enough. */
export function quorumWords({ electors, present, needed, met }: QuorumView): string {
  return d(met ? 'quorum.met' : 'quorum.unmet', { electors, present, needed })
}
