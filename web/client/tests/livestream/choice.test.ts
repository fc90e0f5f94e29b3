import { afterEach, describe, expect, test, vi } from 'vitest'
import { segmentsOf, soundOf } from '../../src/livestream/addresses'
import { CHOICES, keepChoice, keptChoice, levelFor } from '../../src/livestream/choice'

afterEach(() => vi.unstubAllGlobals())

describe('what is loaded', () => {
  test('is the largest picture, the smallest, or as the line allows, in whatever order they come', () => {
    expect(levelFor('clear', [720, 360])).toBe(0)
    expect(levelFor('clear', [360, 720])).toBe(1)
    expect(levelFor('save', [720, 360])).toBe(1)
    expect(levelFor('save', [360, 720])).toBe(0)
    expect(levelFor('auto', [720, 360])).toBe(-1)
  })

  test('is remembered on the device, and nothing else than a choice', () => {
    const kept = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    })
    expect(keptChoice()).toBe('auto')
    for (const choice of CHOICES) {
      keepChoice(choice)
      expect(keptChoice()).toBe(choice)
    }
    kept.forEach((_, key) => kept.set(key, 'loud'))
    expect(keptChoice()).toBe('auto')
  })

  test('goes by the line where nothing can be kept', () => {
    const refused = () => {
      throw new DOMException('refused', 'SecurityError')
    }
    vi.stubGlobal('localStorage', { getItem: refused, setItem: refused })
    keepChoice('sound')
    expect(keptChoice()).toBe('auto')
  })
})

describe('beside a playlist', () => {
  test('is the one with sound alone', () => {
    expect(soundOf('/hls/m1/programme.m3u8')).toBe('/hls/m1/live-sound.m3u8')
    expect(soundOf('/hls/m1/whole.m3u8')).toBe('/hls/m1/recording-sound.m3u8')
    expect(soundOf('/hls/m1/other.m3u8')).toBeNull()
  })

  test('is the one that lists segments', () => {
    expect(segmentsOf('/hls/m1/whole.m3u8')).toBe('/hls/m1/recording.m3u8')
    expect(segmentsOf('/hls/m1/recording.m3u8')).toBe('/hls/m1/recording.m3u8')
  })
})
