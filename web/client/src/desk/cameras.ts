/** The devices in the room as the desk lists them: those that are there, and IP cameras that should be. */

import type { CameraView, LinksSection, PeopleSection } from '../wire/generated'

export interface RoomDevice {
  person: string
  /** Is there and can be chosen. */
  present: boolean
  shown: boolean
  heard: boolean
  /** How the service reaches it; null: somebody set it up. */
  camera: CameraView | null
}

/** In the order of their coming, then the IP cameras that never came. */
export function roomDevicesOf(
  people: PeopleSection | null,
  links: LinksSection | null,
): RoomDevice[] {
  const fetched = new Map((links?.cameras ?? []).map((one) => [one.person, one]))
  const members = (people?.members ?? []).filter((one) => one.role === 'room')
  const known = new Set(members.map((one) => one.id))
  const device = (person: string, present: boolean): RoomDevice => ({
    person,
    present,
    shown: people?.link.camera === person,
    heard: people?.link.microphone === person,
    camera: fetched.get(person) ?? null,
  })
  return [
    ...members
      .filter((one) => one.present || fetched.has(one.id))
      .map((one) => device(one.id, one.present)),
    ...[...fetched.keys()].filter((one) => !known.has(one)).map((one) => device(one, false)),
  ]
}
