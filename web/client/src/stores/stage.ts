/** Who is shown large and who small on the video link. */

import type { Received } from '../link/subscriber'
import type { FloorSection, LinksSection, PeopleSection } from '../wire/generated'

export interface OnStage {
  person: string
  picture: MediaStreamTrack | null
  own: boolean
  /** The picture is a shared screen. */
  screen?: boolean
}

export interface Stage {
  large: OnStage | null
  /** In a corner of `large`, when that is a screen: the face of whoever shares it. */
  inset?: OnStage | null
  small: OnStage[]
}

/** The screen that is shared and let through now; of the first of these persons who has one. */
export function sharedScreen(
  received: ReadonlyMap<string, Received>,
  links: LinksSection | null,
  persons: readonly (string | undefined)[],
): OnStage | null {
  const sharing = new Set((links?.sources ?? []).filter((one) => one.screen).map((one) => one.person))
  for (const person of persons) {
    const picture = person && sharing.has(person) ? received.get(person)?.screen : null
    if (person && picture) return { person, picture, own: false, screen: true }
  }
  return null
}

export function roomDevices(people: PeopleSection | null): ReadonlySet<string> {
  return new Set((people?.members ?? []).filter((one) => one.role === 'room').map((one) => one.id))
}

/**
 * Large is a shared screen with the face of whoever shares it beside it; else whoever holds the
 * floor; when nobody does, or oneself does, the room; else the first who has a picture. Of several
 * cameras in the room the one that the host chose is the room, and the others are not shown.
 *
 * @param me the own person id; shown small, or large when nobody else is there
 * @param ownPicture the own camera; undefined: this page never sends a picture
 * @param inRoom the page stands in the room: the room's own devices are no company
 * @param allCameras show every camera in the room, to choose among them
 */
export function stage(
  received: ReadonlyMap<string, Received>,
  links: LinksSection | null,
  floor: FloorSection | null,
  people: PeopleSection | null,
  me: string | null,
  ownPicture: MediaStreamTrack | null | undefined,
  inRoom = false,
  allCameras = false,
): Stage {
  const persons = new Set([...(links?.sources ?? []).map((one) => one.person), ...received.keys()])
  if (me) persons.delete(me)
  const chosen = people?.link.camera ?? null
  for (const one of roomDevices(people))
    if (inRoom || (!allCameras && chosen && one !== chosen)) persons.delete(one)
  // A track is there also for those whose camera is off; the forwarder knows better.
  const dark = new Set((links?.sources ?? []).filter((one) => !one.picture).map((one) => one.person))
  const others: OnStage[] = [...persons].sort().map((person) => ({
    person,
    picture: dark.has(person) ? null : (received.get(person)?.picture ?? null),
    own: false,
  }))
  const room =
    chosen && persons.has(chosen)
      ? chosen
      : people?.members.find((one) => one.role === 'room' && persons.has(one.id))?.id
  const holder = floor?.holder?.person
  const large =
    others.find((one) => one.person === holder) ??
    others.find((one) => one.person === room) ??
    others.find((one) => one.picture) ??
    others[0] ??
    null
  const own: OnStage[] =
    me && ownPicture !== undefined ? [{ person: me, picture: ownPicture, own: true }] : []
  const shared = sharedScreen(received, links, [holder, ...persons])
  if (shared) {
    const inset = others.find((one) => one.person === shared.person && one.picture) ?? null
    return { large: shared, inset, small: [...own, ...others.filter((one) => one !== inset)] }
  }
  const small = [...own, ...others.filter((one) => one !== large)]
  return large ? { large, small } : { large: small[0] ?? null, small: small.slice(1) }
}
