/**
 * The meeting's socket: one connection at a time, coming again by itself until it is told to stop.
 *
 * Framework-free, and everything that time, chance or the browser decides comes in as an argument,
 * so that the tests need neither. docs/protocol.md describes the frames.
 */

import { backoffMs } from './backoff'
import { Clock } from './clock'
import type {
  ClientFrame,
  Command,
  ErrorFrame,
  LinkLayers,
  LinkMoved,
  LinkOffer,
  LinkPublished,
  LinkReset,
  LinkServers,
  Position,
  ServerFrame,
  Update,
  Welcome,
} from './generated'
import { Pending, type Store } from './pending'

const PING_EVERY_MS = 10_000
const PING_FIRST_MS = 1_000 // until the clock is settled
const SILENCE_MAX_MS = 25_000 // two pings unanswered: the network went away without saying so
const WELCOME_WITHIN_MS = 10_000
const PROOF_MS = 400 // for an answer when the network is in doubt; longer on a line with a long way
const RESEND_AFTER_MS = 5_000 // an answer lost, or the frame dropped for coming too often
const TERMINAL_FROM = 4500 // signaling/wire/codes.py: from here on, stop

/** The part of `WebSocket` that is used. */
export interface Wire {
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason?: string }) => void) | null
  send(text: string): void
  close(code?: number): void
}

/** The browser, as far as the socket needs it. */
export interface Environment {
  connect(): Wire
  nowMs(): number
  random(): number
  /** Returns what cancels it. */
  after(ms: number, run: () => void): () => void
  store: Store | null
  /** A new command id: 8-64 of [A-Za-z0-9_-]. */
  newId(): string
}

export type Connection =
  | { state: 'connecting' }
  | { state: 'open' }
  | { state: 'waiting'; attempt: number }
  | { state: 'stopped'; code: number | null; reason?: string }

/** `paper`: blind signature of a ballot paper that was taken. */
export type Answer = { ok: true; offset: number; paper?: string } | { ok: false; code: string; detail: string }

export type LinkFrame = LinkPublished | LinkOffer | LinkLayers | LinkReset | LinkMoved | LinkServers

export interface Listener {
  connection(connection: Connection): void
  welcome(frame: Welcome): void
  /** `fresh`: first after a welcome that did not resume; sections that are absent are gone. */
  update(frame: Update, fresh: boolean): void
  /** The clock was measured once more. */
  pong(): void
  link(frame: LinkFrame): void
  error(frame: ErrorFrame): void
  /** A command of an earlier page of this tab was answered. */
  late(command: Command, answer: Answer): void
}

/** Answer to a command that never reached the service in time. */
export const NOT_DELIVERED = 'client.not_delivered'
/** Answer to a command beyond what is kept. */
export const TOO_MANY_PENDING = 'client.too_many_pending'

export class MeetingSocket {
  readonly clock = new Clock()
  readonly #token: string
  readonly #env: Environment
  readonly #on: Listener
  readonly #pending: Pending
  readonly #waiting = new Map<string, (answer: Answer) => void>()
  readonly #sentMs = new Map<string, number>()

  #companion = false
  #wire: Wire | null = null
  #welcomed = false
  #fresh = false
  #position: Position | null = null
  #attempt = 0
  #heardMs = 0
  #heard = 0
  #cancelTick: (() => void) | null = null
  #cancelRetry: (() => void) | null = null
  #pingedMs = 0
  #doubted: Wire | null = null
  #stopped = true

  constructor(token: string, env: Environment, on: Listener) {
    this.#token = token
    this.#env = env
    this.#on = on
    // The end of the token is its signature: as good as the whole for telling tokens apart.
    this.#pending = new Pending(env.store, `yishi.pending.${token.slice(-24)}`)
  }

  start(): void {
    if (!this.#stopped) return
    this.#stopped = false
    this.#attempt = 0
    this.#open()
  }

  /** Say nothing more; commands that wait stay kept for the next page. */
  stop(): void {
    this.#end(null)
  }

  /**
   * The network is in doubt: it changed, or came back, or the page was shown again. Come again at
   * once, unless the socket that there is proves soon that it lives.
   */
  hurry(): void {
    if (this.#stopped) return
    const wire = this.#wire
    if (!wire) {
      this.#open()
      return
    }
    if (this.#doubted === wire) return
    this.#doubted = wire
    const heard = this.#heard
    this.#ping()
    this.#env.after(PROOF_MS + 2 * this.clock.roundTripMs, () => {
      this.#doubted = null
      if (wire !== this.#wire || this.#heard !== heard) return
      this.#wire = null
      wire.close()
      this.#open()
    })
  }

  /** Accompany the person's other device, without a video link, or no longer: comes again at once. */
  accompany(companion: boolean): void {
    if (companion === this.#companion) return
    this.#companion = companion
    const wire = this.#wire
    if (!wire) return
    this.#wire = null
    wire.close(1000)
    this.#open()
  }

  /** Ask something of the meeting; resolves once it is durable or refused. */
  ask(command: Command): Promise<Answer> {
    const id = this.#env.newId()
    if (!this.#pending.add({ id, command, askedMs: this.#env.nowMs() })) {
      return Promise.resolve({ ok: false, code: TOO_MANY_PENDING, detail: '' })
    }
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      if (this.#welcomed) this.#sendCommand(id, command)
    })
  }

  /** False: not connected; frames about the link are never kept, a new welcome starts it anew. */
  send(frame: ClientFrame): boolean {
    if (!this.#welcomed || !this.#wire) return false
    this.#wire.send(JSON.stringify(frame))
    return true
  }

  #open(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#welcomed = false
    this.#on.connection({ state: 'connecting' })
    const wire = this.#env.connect()
    this.#wire = wire
    this.#heardMs = this.#env.nowMs()
    // A wire that was given up may still call back: it is no longer ours then.
    wire.onopen = () => {
      if (wire !== this.#wire) return
      const hello = { token: this.#token, resume: this.#position, companion: this.#companion }
      wire.send(JSON.stringify({ type: 'hello', ...hello }))
    }
    wire.onmessage = (event) => {
      if (wire === this.#wire && typeof event.data === 'string') this.#receive(event.data)
    }
    wire.onclose = (event) => {
      if (wire === this.#wire) this.#lost(event.code, event.reason)
    }
    this.#cancelTick?.()
    this.#tick()
  }

  #receive(text: string): void {
    this.#heardMs = this.#env.nowMs()
    this.#heard += 1
    const frame = JSON.parse(text) as ServerFrame
    switch (frame.type) {
      case 'welcome':
        this.#attempt = 0
        this.#welcomed = true
        this.#fresh = !frame.resumed
        if (this.#fresh) this.#position = { epoch: frame.epoch, offset: 0, audience: frame.audience }
        this.#on.connection({ state: 'open' })
        this.#on.welcome(frame)
        this.#ping()
        for (const one of this.#pending.all()) this.#sendCommand(one.id, one.command)
        break
      case 'update': {
        const fresh = this.#fresh
        this.#fresh = false
        if (this.#position) this.#position.offset = frame.offset
        this.#on.update(frame, fresh)
        break
      }
      case 'result':
        this.#answered(frame.id, {
          ok: true,
          offset: frame.offset,
          ...(frame.paper === null ? {} : { paper: frame.paper }),
        })
        break
      case 'refusal':
        this.#answered(frame.id, { ok: false, code: frame.code, detail: frame.detail })
        break
      case 'pong':
        this.clock.add(frame.sent_ms, this.#heardMs, frame.server_ms)
        this.#on.pong()
        break
      case 'error':
        this.#on.error(frame)
        break
      case 'link.published':
      case 'link.offer':
      case 'link.layers':
      case 'link.reset':
      case 'link.moved':
      case 'link.servers':
        this.#on.link(frame)
        break
      default:
        frame satisfies never // a later service may say more; what is not known is passed over
    }
  }

  #answered(id: string, answer: Answer): void {
    const one = this.#pending.take(id)
    if (!one) return
    this.#sentMs.delete(id)
    const resolve = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (resolve) resolve(answer)
    else this.#on.late(one.command, answer)
  }

  #sendCommand(id: string, command: Command): void {
    this.#sentMs.set(id, this.#env.nowMs())
    this.#wire?.send(JSON.stringify({ type: 'command', id, command }))
  }

  #ping(): void {
    this.#pingedMs = this.#env.nowMs()
    if (this.#welcomed) this.#wire?.send(JSON.stringify({ type: 'ping', sent_ms: this.#pingedMs }))
  }

  /** Once a second while there is a socket: pings, silence, unanswered commands. */
  #tick(): void {
    this.#cancelTick = this.#env.after(1000, () => this.#tick())
    const now = this.#env.nowMs()
    for (const one of this.#pending.expired(now)) {
      this.#answered(one.id, { ok: false, code: NOT_DELIVERED, detail: '' })
    }
    if (!this.#wire) return
    if (now - this.#heardMs > (this.#welcomed ? SILENCE_MAX_MS : WELCOME_WITHIN_MS)) {
      const wire = this.#wire
      this.#lost(1006)
      wire.close()
      return
    }
    if (!this.#welcomed) return
    if (now - this.#pingedMs >= (this.clock.settled ? PING_EVERY_MS : PING_FIRST_MS)) this.#ping()
    for (const one of this.#pending.all()) {
      if (now - (this.#sentMs.get(one.id) ?? 0) >= RESEND_AFTER_MS) {
        this.#sendCommand(one.id, one.command)
      }
    }
  }

  #lost(code: number, reason = ''): void {
    this.#wire = null
    this.#welcomed = false
    if (code >= TERMINAL_FROM && code < 5000) {
      this.#end(code, reason)
      return
    }
    const wait = backoffMs(this.#attempt, this.#env.random())
    this.#attempt += 1
    this.#on.connection({ state: 'waiting', attempt: this.#attempt })
    this.#cancelRetry?.()
    this.#cancelRetry = this.#env.after(wait, () => this.#open())
  }

  #end(code: number | null, reason = ''): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#cancelTick?.()
    this.#cancelRetry?.()
    const wire = this.#wire
    this.#wire = null
    this.#welcomed = false
    wire?.close(1000)
    this.#on.connection({ state: 'stopped', code, ...(reason ? { reason } : {}) })
  }
}
