/** One meeting as one person sees it: the socket, the sections, and what the person asks. */

import { computed, inject, provide, shallowRef, ref, type ComputedRef, type InjectionKey } from 'vue'
import type { Command, ErrorFrame, PersonView, Welcome } from '../wire/generated'
import { browserEnvironment, onNetworkChange } from '../wire/browser'
import { MeetingSocket, type Answer, type Connection, type LinkFrame } from '../wire/socket'
import { codeWords, t, type Key } from '../words'
import { emptySections, replaceSections } from './sections'
import { toast } from './toasts'

/** What the video link wants to hear of the socket. */
export interface LinkEars {
  welcomed(frame: Welcome): void
  unplugged(): void
  /** The device says that the network changed. */
  shaken(): void
  frame(frame: LinkFrame): void
  error(frame: ErrorFrame): void
}

const LATE_WORDS: Partial<Record<Command['type'], Key>> = {
  'vote.cast': 'late.vote',
  'vote.cast_for': 'late.vote',
  'comment.post': 'late.comment',
}

export function openMeeting(token: string) {
  const sections = emptySections()
  const connection = shallowRef<Connection>({ state: 'connecting' })
  const welcome = shallowRef<Welcome | null>(null)
  const clockOffsetMs = ref(0)
  let ears: LinkEars | null = null
  let lostBefore = false

  const socket = new MeetingSocket(token, browserEnvironment(), {
    connection(next) {
      if (next.state === 'open' && lostBefore) toast(t('connection.back'), 'good')
      lostBefore = next.state === 'waiting' || (next.state === 'connecting' && lostBefore)
      if (next.state !== 'open') ears?.unplugged()
      connection.value = next
    },
    welcome(frame) {
      welcome.value = frame
      // Good to half a round trip; pings make it better within a second.
      if (!clockOffsetMs.value) clockOffsetMs.value = frame.server_ms - Date.now()
      ears?.welcomed(frame)
    },
    update(frame, fresh) {
      replaceSections(sections, frame, fresh)
      const about = frame.sections.meeting
      if (about) document.title = `${about.title} · ${about.room_name}`
    },
    pong() {
      clockOffsetMs.value = socket.clock.offsetMs
    },
    link(frame) {
      ears?.frame(frame)
    },
    error(frame) {
      if (frame.code.startsWith('link.')) ears?.error(frame)
      toast(codeWords(frame.code), 'bad')
    },
    late(command, answer) {
      if (command.type === 'vote.take_paper') return // this page takes it again by itself
      if (answer.ok) toast(t(LATE_WORDS[command.type] ?? 'late.other'), 'good')
      else toast(codeWords(answer.code), 'bad')
    },
  })

  const hurry = () => {
    if (document.visibilityState === 'visible') socket.hurry()
  }
  const shaken = () => {
    socket.hurry()
    ears?.shaken()
  }
  let endNetwork = () => {}
  const names: ComputedRef<ReadonlyMap<string, PersonView>> = computed(() => {
    const people = sections.people
    const found = new Map<string, PersonView>()
    for (const one of [...(people?.members ?? []), ...(people?.viewers_listed ?? [])]) {
      found.set(one.id, one)
    }
    const holder = sections.floor?.holder
    if (holder && !found.has(holder.person)) {
      const { person: id, name, office, role } = holder
      const place = holder.place ?? 'room'
      found.set(id, { id, name, office, role, place, present: true, connected: true, signed_in: false })
    }
    return found
  })

  /** In the room the room's own microphone and loudspeakers serve; the desk's devices are its business. */
  const inRoom = computed(() => {
    const me = sections.me
    const guest = me?.role === 'participant' || me?.role === 'viewer'
    return guest && me.attendance.place === 'room'
  })

  return {
    token,
    sections,
    connection,
    welcome,
    names,
    inRoom,

    start(): void {
      endNetwork = onNetworkChange(shaken)
      document.addEventListener('visibilitychange', hurry)
      socket.start()
    },

    stop(): void {
      endNetwork()
      document.removeEventListener('visibilitychange', hurry)
      socket.stop()
    },

    /** Instant on the device's clock -> on the service's. */
    serverTime: (deviceMs: number): number => deviceMs + clockOffsetMs.value,

    personName: (person: string): string => displayName(names.value.get(person)?.name),

    may: (command: Command['type']): boolean => sections.me?.may.includes(command) ?? false,

    /** Ask, and say it in words when it was refused. */
    async ask(command: Command): Promise<Answer> {
      const answer = await socket.ask(command)
      if (!answer.ok) toast(codeWords(answer.code), 'bad')
      return answer
    },

    /** Ask; whoever asks says what came of it. */
    askQuietly: socket.ask.bind(socket),

    send: socket.send.bind(socket),

    /** The network is in doubt: comes again at once, unless the socket proves that it lives. */
    hurry: socket.hurry.bind(socket),

    accompany: socket.accompany.bind(socket),

    listen(next: LinkEars): void {
      ears = next
    },
  }
}

export type Meeting = ReturnType<typeof openMeeting>

const KEY: InjectionKey<Meeting> = Symbol('meeting')

export function provideMeeting(meeting: Meeting): void {
  provide(KEY, meeting)
}

export function useMeeting(): Meeting {
  const meeting = inject(KEY)
  if (!meeting) throw new Error("can't happen: a part of the meeting outside of it")
  return meeting
}

/** The service leaves the name of a forgotten person empty. */
export function displayName(name: string | undefined): string {
  return name || t('person.forgotten')
}
