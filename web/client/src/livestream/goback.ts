/** Going back in a livestream that goes on: what is played then, and how far one can go. */

import { computed, ref } from 'vue'
import type { Moment } from './moment'
import type { Source } from './player'
import { broughtTo, worthABar, type Span } from './timeshift'

/** What a page says of its livestream. */
export interface Offered {
  source: Source | null
  /** The livestream from its beginning, while it goes on, and the wall clock of its first picture. */
  past?: { url: string; sinceMs: number } | null | undefined
  /** Begin here, or go there: a new object each time it is asked for. */
  at?: Moment | null | undefined
}

/** @param offered is read anew whenever it changes: the properties of a component */
export function useGoBack(offered: Readonly<Offered>) {
  /** Where the viewer went back to; null: at what the page says. */
  const back = ref<Moment | null>(null)
  const played = computed<Source | null>(() =>
    back.value && offered.past && offered.source?.live
      ? { url: offered.past.url, live: false }
      : offered.source,
  )
  const moment = computed(() => back.value ?? offered.at ?? null)

  /** Wall clock of the picture that is seen; null: none. */
  const shownMs = ref<number | null>(null)
  /** How far the newest that can be seen is behind this device's clock. */
  const lagMs = ref(0)
  const nowMs = ref(Date.now())
  const span = computed<Span | null>(() => {
    if (!offered.past || !offered.source?.live) return null
    const whole = { startMs: offered.past.sinceMs, edgeMs: nowMs.value - lagMs.value }
    return worthABar(whole) ? whole : null
  })

  return {
    back,
    played,
    moment,
    shownMs,
    span,
    /** Take a look at the player: what it shows now. */
    look(atMs: number | null): void {
      nowMs.value = Date.now()
      shownMs.value = atMs
      if (played.value?.live && atMs !== null) lagMs.value = nowMs.value - atMs
    },
    /** Go there; null: to what happens now. */
    seek(atMs: number | null): void {
      back.value = atMs === null ? null : { atMs }
    },
    /** A moment asked for from outside is one to go back to, as long as there is more to come. */
    bring(at: Moment | null | undefined): void {
      if (!at || !span.value) return
      const atMs = broughtTo(at.atMs, span.value)
      back.value = atMs === null ? null : { atMs }
    },
  }
}
