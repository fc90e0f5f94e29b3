/**
 * A call to the green room, on the page of whoever is called: devices are tried, the link is made
 * ready, and the service is told. Nobody is let through before the floor is granted; that is the
 * forwarder's business, not this page's.
 */

import { computed, ref, watch } from 'vue'
import type { CalledView } from '../wire/generated'
import { toast } from './toasts'
import { t } from '../words'
import type { VideoLink } from './link'
import type { Meeting } from './meeting'

/** devices: tried and to be used here; text: the host reads it out. */
export type Prepared = 'nothing' | 'connecting' | 'devices' | 'text'

/** Why a call is over without a speech; what the record says is not sent, but follows from this. */
export type CallEnd = 'declined' | 'timed_out' | 'host'

/**
 * @param call as it was seen last; once somebody is ready there is no time left to run out
 * @param nowMs the service's wall clock
 */
export function callEnd(call: CalledView | null, declined: boolean, nowMs: number): CallEnd {
  if (declined) return 'declined'
  return call?.until_ms != null && nowMs >= call.until_ms ? 'timed_out' : 'host'
}

/** @param linked the page has the link anyway, called or not */
export function openCall(meeting: Meeting, link: VideoLink, linked: boolean) {
  const prepared = ref<Prepared>('nothing')
  const called = computed(() => meeting.sections.me?.called ?? false)
  const calls = computed(() => meeting.sections.floor?.called ?? [])
  const call = computed(
    () => calls.value.find((one) => one.person === meeting.sections.me?.person) ?? null,
  )
  let declined = false
  let last: CalledView | null = null

  watch(call, (now) => {
    if (now) last = now
  })
  watch(called, (now) => {
    if (now) {
      declined = false
      prepared.value = 'nothing'
      navigator.vibrate?.([200, 100, 200])
      return
    }
    if (!meeting.sections.me?.holding) {
      letGo()
      const why = callEnd(last, declined, meeting.serverTime(Date.now()))
      if (why !== 'declined') toast(t(`call_end.${why}`))
    }
    last = null
  })
  watch(
    () => prepared.value === 'connecting' && (meeting.inRoom.value || link.state.value === 'connected'),
    async (connected) => {
      if (!connected) return
      const { ok } = await meeting.ask({ type: 'floor.ready' })
      if (prepared.value === 'connecting') prepared.value = ok ? 'devices' : 'nothing'
    },
  )

  function letGo(): void {
    prepared.value = 'nothing'
    if (linked) return
    link.want({ publish: false, subscribe: false })
    link.stopCamera()
    link.stopMicrophone()
  }

  return {
    called,
    call,
    prepared,
    /** How many were called before; 0: the next is oneself. */
    before: computed(() => Math.max(0, calls.value.findIndex((one) => one === call.value))),

    /** The devices work: connect them, then say so. In the room there is nothing to connect. */
    ready(): void {
      prepared.value = 'connecting'
      if (!meeting.inRoom.value) link.want({ publish: true, subscribe: linked })
    },

    async write(text: string): Promise<boolean> {
      const { ok } = await meeting.ask({ type: 'floor.give_text', text })
      if (ok) {
        letGo()
        prepared.value = 'text'
      }
      return ok
    },

    async decline(): Promise<void> {
      declined = true
      await meeting.ask({ type: 'floor.call_off', person: null })
    },

    /** The speech is over, or another page has it. */
    letGo,
  }
}

export type Call = ReturnType<typeof openCall>
