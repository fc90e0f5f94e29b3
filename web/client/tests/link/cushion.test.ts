import { describe, expect, test } from 'vitest'
import { Cushion } from '../../src/link/cushion'

const reports = (missing: number, roundTripS = 0.2) =>
  [
    { type: 'inbound-rtp', kind: 'video', nackCount: missing, packetsLost: 0 },
    { type: 'inbound-rtp', kind: 'audio', packetsLost: -3 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: roundTripS },
    { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
  ] as unknown as RTCStats[]

describe('what is kept back', () => {
  test('is nothing on a line without loss, nor for a single packet', () => {
    const cushion = new Cushion()
    expect(cushion.look(reports(0), 0)).toBe(0)
    expect(cushion.look(reports(1), 1_000)).toBe(0)
    expect(cushion.look(reports(1), 2_000)).toBe(0)
    expect(cushion.look(reports(2), 3_000)).toBe(0)
    expect(cushion.look(reports(3), 3_500)).toBe(450)
  })

  test('is longer than a round trip on a line that loses packets, and nothing when it is good again', () => {
    const cushion = new Cushion()
    cushion.look(reports(0), 0)
    expect(cushion.look(reports(2), 1_000)).toBe(450)
    expect(cushion.look(reports(2), 21_000)).toBe(450)
    expect(cushion.look(reports(2), 21_001)).toBe(0)
  })

  test('has bounds, and does not follow every breath of the line', () => {
    const cushion = new Cushion()
    cushion.look(reports(0), 0)
    expect(cushion.look(reports(2, 0.01), 1_000)).toBe(400)
    expect(cushion.look(reports(4, 0.2), 2_000)).toBe(400)
    expect(cushion.look(reports(6, 3), 3_000)).toBe(600)
  })
})
