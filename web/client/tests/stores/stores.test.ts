import { describe, expect, test } from 'vitest'
import { deviceProblem } from '../../src/link/devices'
import type { Received } from '../../src/link/subscriber'
import type { PeopleSection } from '../../src/wire/generated'
import { level } from '../../src/link/level'
import { emptySections, replaceSections } from '../../src/stores/sections'
import { stage } from '../../src/stores/stage'
import { commentsSection, floorSection, holderView, peopleSection, personView } from '../sections'

const comments = (total: number) => commentsSection({ total })

describe('sections', () => {
  test('those that came replace, those that did not stay', () => {
    const sections = emptySections()
    replaceSections(sections, { type: 'update', offset: 1, sections: { comments: comments(1) } }, true)
    replaceSections(
      sections,
      { type: 'update', offset: 2, sections: { agenda: { items: [], current: null } } },
      false,
    )
    expect(sections.comments?.total).toBe(1)
    expect(sections.agenda?.items).toEqual([])
  })

  test('a fresh update takes away what it does not bring', () => {
    const sections = emptySections()
    replaceSections(sections, { type: 'update', offset: 9, sections: { comments: comments(7) } }, true)
    replaceSections(
      sections,
      { type: 'update', offset: 1, sections: { agenda: { items: [], current: null } } },
      true,
    )
    expect(sections.comments).toBeNull()
  })
})

describe('stage', () => {
  const received = (...persons: string[]) =>
    new Map(persons.map((person) => [person, { sound: null, picture: { id: person } as MediaStreamTrack }]))
  const holding = (person: string) => floorSection({ holder: holderView({ person }) })
  const people = peopleSection({ members: [personView({ id: 'room', role: 'room' })] })

  test('whoever holds the floor is large', () => {
    const shown = stage(received('a', 'b', 'room'), null, holding('b'), people, 'me', null)
    expect(shown.large?.person).toBe('b')
    expect(shown.small.map((one) => one.person)).toEqual(['me', 'a', 'room'])
  })

  test('the room is large when nobody speaks, or oneself does', () => {
    expect(stage(received('a', 'room'), null, null, people, 'me', null).large?.person).toBe('room')
    const mine = stage(received('a', 'room'), null, holding('me'), people, 'me', null)
    expect(mine.large?.person).toBe('room')
    expect(mine.small[0]).toEqual({ person: 'me', picture: null, own: true })
  })

  test('in the room its own devices are not shown', () => {
    const shown = stage(received('a', 'room'), null, holding('room'), people, 'me', undefined, true)
    expect(shown).toEqual({ large: expect.objectContaining({ person: 'a' }), small: [] })
  })

  test('alone, the own picture is large; a page that sends none has nobody', () => {
    expect(stage(new Map(), null, null, null, 'me', null).large?.person).toBe('me')
    expect(stage(new Map(), null, null, null, 'me', undefined)).toEqual({ large: null, small: [] })
  })

  test('a camera that is off is not shown large before one that is on', () => {
    const links = {
      cameras: [],
      sources: [
        { person: 'a', sound: false, picture: false, screen: false },
        { person: 'b', sound: false, picture: true, screen: false },
      ],
    }
    const shown = stage(received('a', 'b'), links, null, null, 'me', undefined)
    expect(shown.large?.person).toBe('b')
    expect(shown.small).toEqual([{ person: 'a', picture: null, own: false }])
  })

  test('a shared screen is large, with the face of whoever shares it in its corner', () => {
    const screen = { id: 'screen' } as MediaStreamTrack
    const shared = new Map<string, Received>(received('a', 'b'))
    shared.set('b', { sound: null, picture: { id: 'b' } as MediaStreamTrack, screen })
    const source = (person: string, on: boolean) => ({ person, sound: false, picture: true, screen: on })
    const links = { cameras: [], sources: [source('a', false), source('b', true)] }
    const shown = stage(shared, links, holding('a'), null, 'me', undefined)
    expect(shown.large).toEqual({ person: 'b', picture: screen, own: false, screen: true })
    expect(shown.inset?.person).toBe('b')
    expect(shown.small.map((one) => one.person)).toEqual(['a'])
    const over = { cameras: [], sources: [source('a', false), source('b', false)] }
    expect(stage(shared, over, holding('a'), null, 'me', undefined).large?.person).toBe('a')
  })

  test('of several cameras the chosen one is the room; the desk sees them all', () => {
    const people = {
      members: ['c1', 'c2'].map((id) => ({ id, role: 'room', present: true })),
      link: { camera: 'c2' },
    } as unknown as PeopleSection
    const both = received('c1', 'c2')
    const shown = stage(both, null, null, people, 'me', undefined)
    expect([shown.large?.person, ...shown.small.map((one) => one.person)]).toEqual(['c2'])
    const desk = stage(both, null, null, people, 'me', undefined, false, true)
    expect([desk.large?.person, ...desk.small.map((one) => one.person)]).toEqual(['c2', 'c1'])
  })

  test('somebody on the link without a picture yet is there too', () => {
    const links = {
      cameras: [],
      sources: [{ person: 'a', sound: true, picture: false, screen: false }],
    }
    expect(stage(new Map(), links, null, null, 'me', undefined).large).toEqual({
      person: 'a',
      picture: null,
      own: false,
    })
  })
})

describe('devices', () => {
  test('the level runs from silence to full scale', () => {
    expect(level(new Uint8Array(512).fill(128))).toBe(0)
    expect(level(Uint8Array.from({ length: 512 }, (_, n) => (n % 2 ? 255 : 0)))).toBeGreaterThan(0.98)
    const quiet = level(Uint8Array.from({ length: 512 }, (_, n) => (n % 2 ? 130 : 126)))
    expect(quiet).toBeGreaterThan(0.3)
    expect(quiet).toBeLessThan(0.5)
  })

  test.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
    ['TypeError', 'failed'],
  ])('%s is told as "%s"', (name, problem) => {
    expect(deviceProblem({ name })).toBe(problem)
  })
})
