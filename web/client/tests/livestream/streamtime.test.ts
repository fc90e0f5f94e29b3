import { describe, expect, it } from 'vitest'
import { computed, ref } from 'vue'
import { running } from '../../src/ballot/voters'
import { BEHIND_MAX_MS, momentSeen, unseen, withheld } from '../../src/livestream/streamtime'
import { emptySections } from '../../src/stores/sections'
import { openStreamTime, shownVotes } from '../../src/stores/streamtime'
import { voteView } from '../sections'

const NOW = 1_000_000

describe('the moment that is seen', () => {
  it('is what the livestream shows, up to ten seconds behind', () => {
    expect(momentSeen(NOW, NOW - 1_300)).toBe(NOW - 1_300)
    expect(momentSeen(NOW, NOW - BEHIND_MAX_MS)).toBe(NOW - BEHIND_MAX_MS)
    expect(momentSeen(NOW, NOW - BEHIND_MAX_MS - 1)).toBe(NOW)
  })

  it('is the present without a livestream, and never the future', () => {
    expect(momentSeen(NOW, null)).toBe(NOW)
    expect(momentSeen(NOW, NOW + 1)).toBe(NOW)
  })
})

describe('a vote in stream time', () => {
  it('runs until the picture shows its close', () => {
    const vote = voteView({ until_ms: NOW, late_until_ms: NOW + 4_000 })
    expect(running(vote, momentSeen(NOW + 1_299, NOW - 1))).toBe(true)
    expect(running(vote, momentSeen(NOW + 1_300, NOW))).toBe(false)
    expect(running(vote, momentSeen(NOW, null))).toBe(false)
  })

  it('tells its result when the picture does, and nothing before', () => {
    const vote = voteView({ state: 'closed', closed_ms: NOW, tally: [2, 1, 0], tie_broken: 0 })
    expect(unseen(vote, NOW - 1)).toBe(true)
    expect(unseen(vote, NOW)).toBe(false)
    const { state, tally, outcome, tie_broken: tie } = withheld(vote)
    expect([state, tally, outcome, tie]).toEqual(['counting', null, null, null])
    expect(running(withheld(vote), NOW - 1)).toBe(false)
  })

  it('that was cancelled is over for all', () => {
    expect(unseen(voteView({ state: 'cancelled', closed_ms: NOW }), NOW - 1)).toBe(false)
  })
})

describe('the votes of a page', () => {
  it('are the same ones until the picture has shown a result, and from then on again', () => {
    const [now, shown] = [ref(NOW), ref<number | null>(NOW - 1)]
    const sections = emptySections()
    const votes = [voteView({ state: 'closed', closed_ms: NOW, tally: [2, 1, 0] }), voteView({ id: 6 })]
    sections.votes = { votes }
    // The service's clock stands: the page asks how long ago a vote ended.
    const meeting = { sections, serverTime: () => now.value }
    const seenMs = computed(() => momentSeen(now.value, shown.value))
    const seen = shownVotes(meeting, { seenMs })
    expect(seen.value.map((vote) => [vote.id, vote.state, vote.tally])).toEqual([
      [7, 'counting', null],
      [6, 'open', null],
    ])
    const before = seen.value
    now.value += 50
    expect(seen.value).toBe(before)
    shown.value = NOW
    expect(seen.value).toEqual(votes)
    now.value = NOW + BEHIND_MAX_MS + 1
    shown.value = NOW - 1
    expect(seen.value).toEqual(votes)
  })
})

describe('what a comment says of the moment that it answers', () => {
  const here = ref(false)
  const time = openStreamTime(
    { serverTime: (ms) => ms, inRoom: computed(() => here.value) },
    ref(Date.now()),
  )

  it('is the moment shown, however long ago that was', () => {
    expect(time.said()).toBe(null)
    time.follow(() => NOW)
    expect(time.said()).toBe(NOW)
    time.follow(() => Date.now() + 60_000)
    expect(time.said()).toBe(null)
  })

  it('is nothing in the room, where one sees what happens now', () => {
    time.follow(() => NOW)
    here.value = true
    expect(time.said()).toBe(null)
    time.follow(null)
  })
})
