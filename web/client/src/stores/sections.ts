/** The sections that the service sent. They are replaced whole and never folded. */

import { shallowReactive } from 'vue'
import type { Sections, Update } from '../wire/generated'

const NAMES = [
  'meeting',
  'agenda',
  'floor',
  'votes',
  'comments',
  'people',
  'roster',
  'minutes',
  'captions',
  'me',
  'links',
  'speakers',
  'calls',
  'livestream',
  'pushes',
  'check_in',
] as const satisfies readonly (keyof Sections)[]

/** Every section by name; null: not received yet. */
export type Held = { [Name in keyof Sections]-?: NonNullable<Sections[Name]> | null }

export function emptySections(): Held {
  return shallowReactive<Held>({
    meeting: null,
    agenda: null,
    floor: null,
    votes: null,
    comments: null,
    people: null,
    roster: null,
    minutes: null,
    captions: null,
    me: null,
    links: null,
    speakers: null,
    calls: null,
    livestream: null,
    pushes: null,
    check_in: null,
  })
}

/** @param fresh every section is in the update; what is absent no longer is */
export function replaceSections(sections: Held, update: Update, fresh: boolean): void {
  for (const name of NAMES) {
    const next = update.sections[name] ?? null
    if (next || fresh) Object.assign(sections, { [name]: next })
  }
}
