/** Who this browser was in a room the last time, so that the person stays the same. */

export interface Identity {
  token: string
  name: string
  meeting: string
}

const key = (room: string) => `yishi.person.${room}`
const NAME_KEY = 'yishi.name'
const INSIDE_KEY = 'yishi.inside'

export function rememberedIdentity(room: string): Identity | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key(room)) ?? 'null') as Partial<Identity> | null
    if (!kept?.token || !kept.name || !kept.meeting) return null
    return { token: kept.token, name: kept.name, meeting: kept.meeting }
  } catch {
    return null
  }
}

export function rememberedName(): string {
  try {
    return localStorage.getItem(NAME_KEY) ?? ''
  } catch {
    return ''
  }
}

export function rememberIdentity(room: string, identity: Identity): void {
  try {
    localStorage.setItem(key(room), JSON.stringify(identity))
    localStorage.setItem(NAME_KEY, identity.name)
  } catch {
    // Private mode: the next visit asks again.
  }
}

export function forgetIdentity(room: string): void {
  try {
    localStorage.removeItem(key(room))
  } catch {
    // Nothing was kept.
  }
}

/**
 * This tab is inside: a reload goes straight back.
 *
 * @param place id of the meeting, with the device's kind before it for equipment
 */
export function setInside(place: string | null): void {
  try {
    if (place) sessionStorage.setItem(INSIDE_KEY, place)
    else sessionStorage.removeItem(INSIDE_KEY)
  } catch {
    // A reload asks for the name again.
  }
}

export function isInside(place: string): boolean {
  try {
    return sessionStorage.getItem(INSIDE_KEY) === place
  } catch {
    return false
  }
}
