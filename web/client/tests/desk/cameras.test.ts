import { describe, expect, test } from 'vitest'
import { roomDevicesOf } from '../../src/desk/cameras'
import type { LinksSection, PeopleSection } from '../../src/wire/generated'

const fetched = { person: 'camera:1', name: '主席台', since_ms: 0, fault: '' }

function people(present: Record<string, boolean>, camera: string, microphone: string): PeopleSection {
  return {
    members: Object.entries(present).map(([id, here]) => ({ id, role: 'room', present: here })),
    link: { camera, microphone },
  } as unknown as PeopleSection
}

function links(state: 'live' | 'reconnecting'): LinksSection {
  return { sources: [], cameras: [{ ...fetched, state }] }
}

describe('the devices in the room', () => {
  test('what is shown and what is heard are told apart', () => {
    const found = roomDevicesOf(people({ cam: true, 'camera:1': true }, 'camera:1', 'cam'), links('live'))
    expect(found.map((one) => [one.person, one.shown, one.heard])).toEqual([
      ['cam', false, true],
      ['camera:1', true, false],
    ])
  })

  test('a device that has gone is not listed, an IP camera is, and cannot be chosen', () => {
    const found = roomDevicesOf(people({ cam: false, 'camera:1': false }, '', ''), links('reconnecting'))
    expect(found.map((one) => [one.person, one.present])).toEqual([['camera:1', false]])
  })

  test('an IP camera that never came is listed too', () => {
    const found = roomDevicesOf(people({ cam: true }, 'cam', 'cam'), links('reconnecting'))
    expect(found.map((one) => one.person)).toEqual(['cam', 'camera:1'])
    expect(found[1]?.camera?.state).toBe('reconnecting')
  })
})
