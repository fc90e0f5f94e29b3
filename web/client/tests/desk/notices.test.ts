/** What is read on the page when something is the matter on the link, from the sections as they are sent. */

import { describe, expect, test } from 'vitest'
import { createSSRApp, h, ref, type Component } from 'vue'
import { renderToString } from 'vue/server-renderer'
import CompanionNote from '../../src/parts/CompanionNote.vue'
import HowlNotice from '../../src/parts/desk/HowlNotice.vue'
import LinkDesk from '../../src/parts/desk/LinkDesk.vue'
import { provideMeeting, type Meeting } from '../../src/stores/meeting'
import { emptySections } from '../../src/stores/sections'
import { peopleSection as people } from '../sections'

const HOWL = { person: 'li', frequency_hz: 1_240 }
const WEAK = {
  ...{ person: 'li', trouble: 'sound_only' as const, round_trip_ms: 180, bitrate: 40_000 },
  ...{ estimate: 60_000, lost: 9, pictures: 2, paused: 2, freezes: 0, frozen_ms: 0, concealed: 1 },
  tracks: [],
}

/** The text of a part, and its markup. */
async function shown(part: Component, sections = emptySections(), allowed = true) {
  const meeting = {
    sections,
    may: () => allowed,
    personName: (id: string) => (id === 'li' ? '李梅' : id),
    names: ref(new Map()),
  }
  const app = createSSRApp({
    setup() {
      provideMeeting(meeting as unknown as Meeting)
      return () => h(part)
    },
  })
  const html = await renderToString(app)
  return { html, text: html.replace(/<[^>]+>/g, '') }
}

describe('a howl', () => {
  test('is named with whose microphone it is, and can be muted at once', async () => {
    const sections = emptySections()
    sections.calls = { calls: [], howls: [HOWL] }
    sections.people = people()
    const { html, text } = await shown(HowlNotice, sections)
    expect(text).toContain('李梅的话筒')
    expect(text).toContain('1240 Hz')
    expect(html).toContain('role="alert"')
    expect(html).toContain('data-testid="howl-mute"')
    expect((await shown(HowlNotice, sections, false)).html).not.toContain('howl-mute')
  })

  test('is gone once its microphone is muted', async () => {
    const sections = emptySections()
    sections.calls = { calls: [], howls: [HOWL] }
    sections.people = people({ link: { ...people().link, muted: ['li'] } })
    expect((await shown(HowlNotice, sections)).html).not.toContain('data-testid="howl"')
  })
})

test('a weak line is told in words, with what to do', async () => {
  const sections = emptySections()
  sections.people = people()
  sections.links = {
    sources: [{ person: 'li', sound: true, picture: true, screen: false }],
    cameras: [],
  }
  sections.calls = { calls: [WEAK], howls: [] }
  const { html, text } = await shown(LinkDesk, sections)
  expect(html).toContain('data-trouble="sound_only"')
  expect(text).toContain('线路较弱：只传声音')
  expect(text).toContain('换用网线')
})

test('a companion says what it is for, and offers to take the link', async () => {
  const { html, text } = await shown(CompanionNote)
  expect(text).toContain('本机是副屏')
  expect(html).toContain('data-testid="companion-take"')
})
