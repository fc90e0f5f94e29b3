/** Who is shown large and who small on the video link. */

import type { Received } from '../link/subscriber'
import type { FloorSection, LinksSection, PeopleSection } from '../wire/generated'

export interface OnStage {
  person: string
  picture: MediaStreamTrack | null
  own: boolean
}

export interface Stage {
  large: OnStage | null
  small: OnStage[]
}

export function roomDevices(people: PeopleSection | null): ReadonlySet<string> {
  return new Set((people?.members ?? []).filter((one) => one.role === 'room').map((one) => one.id))
}

/**
 * Large is whoever holds the floor; when nobody does, or oneself does, the room; else the first
 * who has a picture.
 *
 * @param me the own person id; shown small, or large when nobody else is there
 * @param ownPicture the own camera; undefined: this page never sends a picture
 * @param inRoom the page stands in the room: the room's own devices are no company
 */
export function stage(
  received: ReadonlyMap<string, Received>,
  links: LinksSection | null,
  floor: FloorSection | null,
  people: PeopleSection | null,
  me: string | null,
  ownPicture: MediaStreamTrack | null | undefined,
  inRoom = false,
): Stage {
  const persons = new Set([...(links?.sources ?? []).map((one) => one.person), ...received.keys()])
  if (me) persons.delete(me)
  if (inRoom) for (const one of roomDevices(people)) persons.delete(one)
  // A track is there also for those whose camera is off; the forwarder knows better.
  const dark = new Set((links?.sources ?? []).filter((one) => !one.picture).map((one) => one.person))
  const others: OnStage[] = [...persons].sort().map((person) => ({
    person,
    picture: dark.has(person) ? null : (received.get(person)?.picture ?? null),
    own: false,
  }))
  const room = people?.members.find((one) => one.role === 'room' && persons.has(one.id))?.id
  const holder = floor?.holder?.person
  const large =
    others.find((one) => one.person === holder) ??
    others.find((one) => one.person === room) ??
    others.find((one) => one.picture) ??
    others[0] ??
    null
  const own: OnStage[] =
    me && ownPicture !== undefined ? [{ person: me, picture: ownPicture, own: true }] : []
  const small = [...own, ...others.filter((one) => one !== large)]
  return large ? { large, small } : { large: small[0] ?? null, small: small.slice(1) }
}
