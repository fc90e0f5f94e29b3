/** The lines of the people on the link, as the desk reads them. */

import type { Held } from '../stores/sections'
import type { CallView } from '../wire/generated'
import { l } from '../words/link'

/** One person on the link. */
export interface OnLink {
  person: string
  call: CallView | null
  speaking: boolean
  muted: boolean
  stopped: boolean
}

type Seen = Pick<Held, 'calls' | 'links' | 'people' | 'speakers'>

/** Everybody on the link; first those whose line is in trouble, then in the order of coming. */
export function onLink({ calls, links, people, speakers }: Seen): OnLink[] {
  const lines = new Map((calls?.calls ?? []).map((one) => [one.person, one]))
  const persons = new Set([...(links?.sources ?? []).map((one) => one.person), ...lines.keys()])
  const rows = [...persons].map((person) => ({
    person,
    call: lines.get(person) ?? null,
    speaking: speakers?.persons.includes(person) ?? false,
    muted: people?.link.muted.includes(person) ?? false,
    stopped: people?.link.stopped.includes(person) ?? false,
  }))
  return rows.sort((a, b) => Number(troubled(b)) - Number(troubled(a)))
}

function troubled(one: OnLink): boolean {
  return one.call?.trouble != null
}

/** What is the matter with a line, in plain words. */
export function lineWords(call: CallView | null): string {
  if (!call) return l('unknown')
  if (!call.trouble) return l('good')
  return l(`trouble.${call.trouble}`, { ms: call.round_trip_ms ?? 0 })
}

export function bitrate(bps: number): string {
  return bps >= 1_000_000 ? `${(bps / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bps / 1000)} kbit/s`
}

/** Of a thousand, as per cent. */
export function share(permille: number): string {
  return `${(permille / 10).toFixed(1)}%`
}

/** The figures behind the words: label and value. */
export function figures(call: CallView): [string, string][] {
  const trip = call.round_trip_ms
  const found: [string, string][] = [
    [l('figure.trip'), trip === null ? l('none') : l('ms', { n: trip })],
  ]
  for (const { kind, bitrate: rate, lost, jitter_ms: jitter, layers } of call.tracks) {
    found.push([l(`figure.${kind}`), l('sent', { rate: bitrate(rate), lost: share(lost), jitter })])
    if (layers.length > 1) found.push([l('figure.layers'), layers.map(bitrate).join(' / ')])
  }
  found.push([l('figure.received'), l('received', { rate: bitrate(call.bitrate), lost: share(call.lost) })])
  if (call.estimate !== null) found.push([l('figure.estimate'), bitrate(call.estimate)])
  found.push(
    [l('figure.pictures'), l('pictures', { shown: call.pictures, paused: call.paused })],
    [l('figure.frozen'), l('frozen', { n: call.freezes, ms: call.frozen_ms })],
    [l('figure.concealed'), share(call.concealed)],
  )
  return found
}
