import { describe, expect, test } from 'vitest'
import { advice, hinders, nothingYet, rateKbps, STEPS, type Findings, type Outcome, type Step } from '../../src/check/findings'
import { checkEn, checkZh, type CheckKey } from '../../src/words/check'

/** Everything is well, but for what is said. */
function found(change: Partial<Record<Step, Outcome>> = {}, more: Partial<Findings> = {}): Findings {
  const steps = Object.fromEntries(STEPS.map((step) => [step, 'good'])) as Record<Step, Outcome>
  return { ...nothingYet(), kbps: 5_000, roundTripMs: 30, ...more, steps: { ...steps, ...change } }
}

const BLOCKED = { direct: 'bad', relay_udp: 'bad', relay_tcp: 'bad', relay_tls: 'bad' } as const

describe('what follows from a check', () => {
  test('nothing is said before all is known', () => {
    expect(advice(nothingYet())).toEqual(['waiting'])
    expect(advice(found({ direct: 'bad', rate: 'waiting' }))).toEqual(['waiting'])
  })

  test('where all is well, that is said', () => {
    expect(advice(found())).toEqual(['good'])
    expect(advice(found({ relay_udp: 'off', relay_tcp: 'off', relay_tls: 'off' }))).toEqual(['good'])
  })

  test('UDP that is blocked is no hindrance while a relay works', () => {
    expect(advice(found({ direct: 'bad' }))).toEqual(['relayed'])
    expect(advice(found({ direct: 'bad', relay_udp: 'bad' }))).toEqual(['relayed_slow'])
    expect(advice(found({ ...BLOCKED, relay_tls: 'good' }))).toEqual(['relayed_slow'])
    expect(advice(found(BLOCKED))).toEqual(['blocked'])
    expect(advice(found({ ...BLOCKED, relay_udp: 'off', relay_tcp: 'off', relay_tls: 'off' }))).toEqual(['blocked'])
  })

  test('what hinders most comes first', () => {
    expect(advice(found({ ...BLOCKED, camera: 'bad' }, { kbps: 100, roundTripMs: 900 }))).toEqual([
      'blocked',
      'camera',
      'slow',
      'far',
    ])
    expect(advice(found({ ...BLOCKED, socket: 'bad' }))).toEqual(['no_service'])
  })

  test('a page that is not secure is told so, not that it lacks devices', () => {
    expect(advice(found({ secure: 'bad', camera: 'bad', microphone: 'bad' }))).toEqual(['not_secure'])
  })

  test('the bounds of slow and far are exact', () => {
    expect(advice(found({}, { kbps: 600, roundTripMs: 400 }))).toEqual(['good'])
    expect(advice(found({}, { kbps: 599, roundTripMs: 401 }))).toEqual(['slow', 'far'])
  })

  test('slowness, distance and a relay hinder nobody', () => {
    for (const one of ['slow', 'far', 'relayed', 'relayed_slow', 'good'] as const) expect(hinders(one)).toBe(false)
    for (const one of ['blocked', 'no_service', 'microphone'] as const) expect(hinders(one)).toBe(true)
  })

  test('a rate is bits over milliseconds, and no time at all is a millisecond', () => {
    expect(rateKbps(400_000, 1_600)).toBe(2_000)
    expect(rateKbps(1_000, -5)).toBe(8_000)
  })
})

test('each advice and each step has words in both languages, with the same gaps', () => {
  const keys = Object.keys(checkZh) as CheckKey[]
  for (const step of STEPS) expect(keys).toContain(`step.${step}`)
  const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort()
  for (const key of keys) {
    expect(gaps(checkEn[key]), key).toEqual(gaps(checkZh[key]))
    if (key.startsWith('advice.')) expect(keys).toContain(key.replace('advice.', 'do.'))
  }
})
