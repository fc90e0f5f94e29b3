/**
 * How well this page sees and hears, by the browser's own count (W3C webrtc-stats): told to the
 * service every five seconds, which shows it to the desk.
 */

import type { LinkStats } from '../wire/generated'

export const STATS_EVERY_MS = 5_000
const MOST = 600_000 // signaling/wire/frames.py: STATS_MAX

/** Since the connection was made. */
export interface Counted {
  freezes: number
  frozenS: number
  /** Samples of sound that were made up, without those of silence: nobody misses these. */
  concealed: number
  samples: number
  roundTripS: number | null
}

const NOTHING: Counted = { freezes: 0, frozenS: 0, concealed: 0, samples: 0, roundTripS: null }

/** What is in the reports of one connection. */
export function counted(reports: Iterable<RTCStats>): Counted {
  const found = { ...NOTHING }
  for (const one of reports) {
    const figures = one as unknown as Record<string, unknown>
    const figure = (name: string) => (typeof figures[name] === 'number' ? figures[name] : 0)
    if (one.type === 'inbound-rtp' && figures.kind === 'video') {
      found.freezes += figure('freezeCount')
      found.frozenS += figure('totalFreezesDuration')
    } else if (one.type === 'inbound-rtp' && figures.kind === 'audio') {
      found.concealed += figure('concealedSamples') - figure('silentConcealedSamples')
      found.samples += figure('totalSamplesReceived')
    } else if (one.type === 'candidate-pair' && figures.nominated === true) {
      found.roundTripS = figure('currentRoundTripTime') || found.roundTripS
    }
  }
  return found
}

/** What happened between two looks. A new connection counts from nothing again. */
export function between(before: Counted | null, now: Counted): LinkStats {
  const last = before && now.samples >= before.samples && now.frozenS >= before.frozenS ? before : NOTHING
  const samples = now.samples - last.samples
  const share = samples > 0 ? (now.concealed - last.concealed) / samples : 0
  return {
    type: 'link.stats',
    freezes: whole(now.freezes - last.freezes),
    frozen_ms: whole((now.frozenS - last.frozenS) * 1000),
    concealed: Math.min(1000, whole(share * 1000)),
    round_trip_ms: now.roundTripS === null ? null : whole(now.roundTripS * 1000),
  }
}

function whole(figure: number): number {
  return Math.min(MOST, Math.max(0, Math.round(figure)))
}
