import { describe, expect, test } from 'vitest'
import { between, counted, type Counted } from '../../src/link/stats'

const report = (figures: Record<string, unknown>) => figures as unknown as RTCStats
const REPORTS = [
  report({ type: 'inbound-rtp', kind: 'video', freezeCount: 2, totalFreezesDuration: 0.9 }),
  report({ type: 'inbound-rtp', kind: 'video', freezeCount: 1, totalFreezesDuration: 0.3 }),
  report({
    ...{ type: 'inbound-rtp', kind: 'audio', concealedSamples: 3000 },
    ...{ silentConcealedSamples: 1000, totalSamplesReceived: 48_000 },
  }),
  report({ type: 'candidate-pair', nominated: false, currentRoundTripTime: 3 }),
  report({ type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.087 }),
  report({ type: 'codec' }),
]
const one: Counted = { freezes: 1, frozenS: 0.5, concealed: 100, samples: 10_000, roundTripS: 0.05 }

describe('how well a page sees and hears', () => {
  test('is added up over all pictures and sounds, by the path in use', () => {
    const found = counted(REPORTS)
    expect(found).toEqual({ freezes: 3, frozenS: 1.2, concealed: 2000, samples: 48_000, roundTripS: 0.087 })
  })

  test('is told since the last look', () => {
    const now = { freezes: 2, frozenS: 1.34, concealed: 340, samples: 20_000, roundTripS: 0.0721 }
    expect(between(one, now)).toEqual({
      ...{ type: 'link.stats', freezes: 1, frozen_ms: 840, concealed: 24, round_trip_ms: 72 },
    })
  })

  test('of a new connection begins from nothing', () => {
    const fresh = { freezes: 0, frozenS: 0, concealed: 48, samples: 4_800, roundTripS: null }
    const told = between(one, fresh)
    expect([told.freezes, told.frozen_ms, told.concealed, told.round_trip_ms]).toEqual([0, 0, 10, null])
  })

  test('stays within the bounds of the frame whatever a browser counts', () => {
    const wild = { freezes: 1e9, frozenS: 1e9, concealed: 1e9, samples: 1, roundTripS: 1e9 }
    const told = between(null, wild)
    expect([told.freezes, told.frozen_ms, told.concealed, told.round_trip_ms]).toEqual([
      600_000, 600_000, 1000, 600_000,
    ])
    const odd = between(null, { freezes: -1, frozenS: -2, concealed: 5, samples: 0, roundTripS: null })
    expect([odd.freezes, odd.frozen_ms, odd.concealed]).toEqual([0, 0, 0])
  })
})
