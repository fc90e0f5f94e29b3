/** What a check before the meeting found, and what follows from it for the person. Pure. */

import type { DeviceProblem } from '../link/devices'

/** off: the service does not offer it. */
export type Outcome = 'waiting' | 'good' | 'bad' | 'off'

export const STEPS = [
  'secure',
  'camera',
  'microphone',
  'socket',
  'direct',
  'relay_udp',
  'relay_tcp',
  'relay_tls',
  'rate',
] as const
export type Step = (typeof STEPS)[number]

export interface Findings {
  steps: Record<Step, Outcome>
  camera: DeviceProblem | null
  microphone: DeviceProblem | null
  roundTripMs: number | null
  /** Lesser of both directions. */
  kbps: number | null
}

/** What to say and what to do about it; the words are in `words/check.ts`. */
export type Advice =
  | 'waiting'
  | 'no_service'
  | 'not_secure'
  | 'camera'
  | 'microphone'
  | 'blocked'
  | 'relayed'
  | 'relayed_slow'
  | 'slow'
  | 'far'
  | 'good'

const ENOUGH_KBPS = 600 // one picture in both directions, and sound
const FAR_MS = 400 // there and back; people begin to talk over one another

export function nothingYet(): Findings {
  const steps = Object.fromEntries(STEPS.map((step) => [step, 'waiting'])) as Record<Step, Outcome>
  return { steps, camera: null, microphone: null, roundTripMs: null, kbps: null }
}

/** Kilobits per second of so many bytes in a time. */
export function rateKbps(bytes: number, ms: number): number {
  return Math.round((bytes * 8) / Math.max(1, ms))
}

/** The worst comes first: the page shows the first large, since the rest often follows from it. */
export function advice({ steps, roundTripMs, kbps }: Findings): Advice[] {
  if (STEPS.some((step) => steps[step] === 'waiting')) return ['waiting']
  if (steps.socket === 'bad') return ['no_service']
  const found: Advice[] = []
  if (steps.secure === 'bad') found.push('not_secure')
  else {
    if (steps.camera === 'bad') found.push('camera')
    if (steps.microphone === 'bad') found.push('microphone')
  }
  if (steps.direct === 'bad') {
    if (steps.relay_udp === 'good') found.push('relayed')
    else if (steps.relay_tcp === 'good' || steps.relay_tls === 'good') found.push('relayed_slow')
    else found.unshift('blocked')
  }
  if (kbps !== null && kbps < ENOUGH_KBPS) found.push('slow')
  if (roundTripMs !== null && roundTripMs > FAR_MS) found.push('far')
  return found.length ? found : ['good']
}

/** With these a person can't take part by video; the others are told for information. */
export function hinders(one: Advice): boolean {
  return ['no_service', 'not_secure', 'camera', 'microphone', 'blocked'].includes(one)
}
