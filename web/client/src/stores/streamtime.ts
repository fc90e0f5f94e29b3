/** The moment that this page's person sees: of the livestream, where one is watched; else the present. */

import { computed, inject, provide, shallowRef, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { BEHIND_MAX_MS, momentSeen, unseen, withheld } from '../livestream/streamtime'
import type { VoteView } from '../wire/generated'
import { useMeeting, type Meeting } from './meeting'
import { useNow } from './now'

export interface StreamTime {
  /** The moment by which the page goes, service's clock. */
  seenMs: ComputedRef<number>
  /** What a comment or a ballot says of the moment that its writer sees; null: the present one. */
  said(): number | null
  /** A player shows the livestream: whoever brings it takes it away with null. */
  follow(read: (() => number | null) | null): void
}

const KEY: InjectionKey<StreamTime> = Symbol('stream time')

export function openStreamTime(
  meeting: Pick<Meeting, 'serverTime' | 'inRoom'>,
  now: Readonly<Ref<number>> = useNow(),
): StreamTime {
  const shown = shallowRef<(() => number | null) | null>(null)
  const shownMs = () => (meeting.inRoom.value ? null : (shown.value?.() ?? null))
  return {
    seenMs: computed(() => momentSeen(meeting.serverTime(now.value), shownMs())),
    said() {
      const ms = shownMs()
      return ms !== null && ms < meeting.serverTime(Date.now()) ? ms : null
    },
    follow(read) {
      shown.value = read
    },
  }
}

export function provideStreamTime(time: StreamTime): void {
  provide(KEY, time)
}

/** On pages without a livestream: the present. */
export function useStreamTime(): StreamTime {
  const given = inject(KEY, null)
  if (given) return given
  const meeting = useMeeting()
  return openStreamTime(meeting)
}

/** All votes, newest first, and none with a result that the livestream has not shown yet. */
export function shownVotes(
  meeting: Pick<Meeting, 'sections' | 'serverTime'>,
  time: Pick<StreamTime, 'seenMs'>,
): ComputedRef<readonly VoteView[]> {
  const votes = computed(() => meeting.sections.votes?.votes ?? [])
  // As a text: time passes all the while, and what is shown changes only with this. Nor is the time
  // looked at for votes that ended long ago.
  const hidden = computed(() => {
    const recent = votes.value.filter((vote) => unseen(vote, meeting.serverTime(Date.now()) - BEHIND_MAX_MS))
    return recent.flatMap((vote) => (unseen(vote, time.seenMs.value) ? [vote.id] : [])).join(' ')
  })
  return computed(() => {
    if (!hidden.value) return votes.value
    const ids = new Set(hidden.value.split(' ').map(Number))
    return votes.value.map((vote) => (ids.has(vote.id) ? withheld(vote) : vote))
  })
}

export function useVotes(): ComputedRef<readonly VoteView[]> {
  return shownVotes(useMeeting(), useStreamTime())
}
