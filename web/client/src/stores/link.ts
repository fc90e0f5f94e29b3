/** The video link as pages see it: own devices, what is sent, who is received. */

import { computed, inject, provide, ref, shallowRef, watch, type InjectionKey } from 'vue'
import {
  deviceProblem,
  canShareScreen,
  openCamera,
  openMicrophone,
  openScreen,
  rememberChoice,
  rememberedChoice,
  type DeviceProblem,
} from '../link/devices'
import { Link, type LinkState, type Wanted } from '../link/link'
import { between, STATS_EVERY_MS, type Counted } from '../link/stats'
import { Shown } from '../link/shown'
import type { Received } from '../link/subscriber'
import type { Meeting } from './meeting'

export function openLink(meeting: Meeting) {
  const state = ref<LinkState>('off')
  const received = shallowRef<ReadonlyMap<string, Received>>(new Map())
  const camera = shallowRef<MediaStreamTrack | null>(null)
  const microphone = shallowRef<MediaStreamTrack | null>(null)
  const screen = shallowRef<MediaStreamTrack | null>(null)
  const cameraProblem = ref<DeviceProblem | null>(null)
  const microphoneProblem = ref<DeviceProblem | null>(null)
  const opening = ref(false)
  const choice = ref(rememberedChoice())
  const soundBlocked = ref(false)

  const after = (ms: number, run: () => void) => {
    const timer = window.setTimeout(run, ms)
    return () => window.clearTimeout(timer)
  }
  const link = new Link(
    (frame) => meeting.send(frame),
    after,
    () => meeting.serverTime(Date.now()),
    {
      state: (next) => (state.value = next),
      received: (next) => {
        received.value = next
        shown.received(next)
      },
      quiet: () => meeting.hurry(),
    },
  )
  const shown = new Shown(after, (pictures) => link.show(pictures))
  const look = () => shown.hide(document.visibilityState === 'hidden')
  document.addEventListener('visibilitychange', look)
  look()
  meeting.listen({
    welcomed: (frame) => link.welcomed(frame.ice_servers),
    unplugged: () => link.unplugged(),
    shaken: () => link.renew(),
    frame: (frame) => link.frame(frame),
    error: (frame) => link.error(frame.code),
  })

  /** May be heard: holds the floor, or is the room. The forwarder decides; this spares the sending. */
  const maySpeak = computed(() => {
    const { me, floor, people } = meeting.sections
    if (!me || me.link.muted_by !== null) return false
    // Of several devices in the room one is heard; none may be known yet.
    if (me.role === 'room') return (people?.link.microphone ?? me.person) === me.person
    if (!me.holding || meeting.inRoom.value) return false
    const muted = floor?.holder?.person === me.person && floor.holder.muted
    return !muted && floor?.interrupted?.person !== me.person
  })
  /** Whoever is heard may share the screen, and every device in the room. */
  const mayShare = computed(() => maySpeak.value || meeting.sections.me?.role === 'room')
  const sounding = computed(() => maySpeak.value && microphone.value !== null)

  watch(
    [camera, microphone, screen, maySpeak, mayShare],
    () => {
      void link.transmit({
        picture: camera.value,
        sound: maySpeak.value ? microphone.value : null,
        screen: mayShare.value ? screen.value : null,
      })
    },
    { flush: 'sync' },
  )

  // What was shared for one's speech is not shared when it is over; a pause only withholds it.
  watch(
    () => meeting.sections.me?.role === 'room' || (meeting.sections.me?.holding ?? false),
    (mine) => {
      if (!mine) stopScreen()
    },
  )

  watch(
    () => meeting.sections.meeting?.state,
    (now) => {
      if (now !== 'closed') return
      link.want({ publish: false, subscribe: false })
      stopCamera()
      stopMicrophone()
      stopScreen()
    },
  )

  // The devices are wanted where the link went; what was on here is on again when it comes back.
  let before = { camera: false, microphone: false }
  watch(state, (now) => {
    if (now !== 'moved') return
    before = { camera: camera.value !== null, microphone: microphone.value !== null }
    stopCamera()
    stopMicrophone()
    stopScreen()
  })

  // The desk sees how well each page sees and hears.
  let last: Counted | null = null
  const telling = window.setInterval(async () => {
    if (state.value !== 'connected') return
    const now = await link.counted()
    if (now) meeting.send(between(last, now))
    last = now
  }, STATS_EVERY_MS)

  async function startCamera(device: string | null = choice.value.camera): Promise<void> {
    stopCamera()
    opening.value = true
    try {
      const track = await openCamera(device)
      track.addEventListener('ended', () => {
        if (camera.value === track) camera.value = null // unplugged, or permission taken back
      })
      camera.value = track
      cameraProblem.value = null
    } catch (error) {
      cameraProblem.value = deviceProblem(error)
    } finally {
      opening.value = false
    }
  }

  /** Stops the device, not only the sending: its light goes out. */
  function stopCamera(): void {
    camera.value?.stop()
    camera.value = null
  }

  async function startMicrophone(device: string | null = choice.value.microphone): Promise<void> {
    stopMicrophone()
    opening.value = true
    try {
      const track = await openMicrophone(device)
      track.addEventListener('ended', () => {
        if (microphone.value === track) microphone.value = null
      })
      microphone.value = track
      microphoneProblem.value = null
    } catch (error) {
      microphoneProblem.value = deviceProblem(error)
    } finally {
      opening.value = false
    }
  }

  function stopMicrophone(): void {
    microphone.value?.stop()
    microphone.value = null
  }

  async function startScreen(): Promise<void> {
    stopScreen()
    const track = await openScreen().catch(() => null)
    if (!track) return
    track.addEventListener('ended', () => {
      if (screen.value === track) screen.value = null // ended by the browser's own button
    })
    screen.value = track
  }

  function stopScreen(): void {
    screen.value?.stop()
    screen.value = null
  }

  return {
    state,
    received,
    /** Where pictures stand on this page. */
    shown,
    camera,
    microphone,
    cameraProblem,
    microphoneProblem,
    opening,
    choice,
    maySpeak,
    sounding,
    /** The browser wants a tap before it plays the others' sound. */
    soundBlocked,
    startCamera,
    stopCamera,
    startMicrophone,
    stopMicrophone,
    screen,
    /** Where the browser can. */
    mayShare: computed(() => mayShare.value && canShareScreen()),
    startScreen,
    stopScreen,

    async chooseCamera(device: string): Promise<void> {
      choice.value = { ...choice.value, camera: device }
      rememberChoice(choice.value)
      await startCamera(device)
    },

    async chooseMicrophone(device: string): Promise<void> {
      choice.value = { ...choice.value, microphone: device }
      rememberChoice(choice.value)
      await startMicrophone(device)
    },

    /** Nobody links after the close. */
    want(wanted: Wanted): void {
      if (meeting.sections.meeting?.state !== 'closed') link.want(wanted)
    },

    /** Ask for the link here, after it moved to another page of the person. */
    async takeBack(): Promise<void> {
      link.takeBack()
      if (before.camera) await startCamera()
      if (before.microphone) await startMicrophone()
    },

    close(): void {
      document.removeEventListener('visibilitychange', look)
      window.clearInterval(telling)
      link.close()
      stopCamera()
      stopMicrophone()
      stopScreen()
    },
  }
}

export type VideoLink = ReturnType<typeof openLink>

const KEY: InjectionKey<VideoLink> = Symbol('link')

export function provideLink(link: VideoLink): void {
  provide(KEY, link)
}

export function useLink(): VideoLink {
  const link = inject(KEY)
  if (!link) throw new Error("can't happen: a part of the video link outside of it")
  return link
}

/** Where pictures stand on a page with a video link; null on one without. */
export function useShown(): Shown | null {
  return inject(KEY, null)?.shown ?? null
}
