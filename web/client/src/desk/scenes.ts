/** What the host may have the programme show, and whether it is shown. Pure. */

import type { LivestreamSection } from '../wire/generated'

export type Layout = LivestreamSection['layout']
export type Scene = NonNullable<LivestreamSection['scene']>

export const LAYOUTS: readonly Layout[] = [
  'auto',
  'room',
  'speaker',
  'two',
  'screen',
  'agenda',
  'vote',
  'card',
]

/** Cards that go before any choice: the meeting begins, rests or ends. */
const BEFORE: readonly Scene[] = ['opening', 'recess', 'closing']

/** Whether something else is on because what the host chose is not there. */
export function standsIn(live: Pick<LivestreamSection, 'layout' | 'scene'> | null): boolean {
  if (!live?.scene || live.layout === 'auto' || BEFORE.includes(live.scene)) return false
  return live.scene !== live.layout
}
