/** A browser in which nothing happens by itself. */

import type { ClientFrame, ServerFrame, Welcome } from '../../src/wire/generated'
import type { Store } from '../../src/wire/pending'
import {
  MeetingSocket,
  type Answer,
  type Connection,
  type Environment,
  type Listener,
  type Wire,
} from '../../src/wire/socket'

export class FakeWire implements Wire {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number; reason?: string }) => void) | null = null
  sent: ClientFrame[] = []
  closed = false

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame)
  }

  close(): void {
    this.closed = true
  }

  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  of<T extends ClientFrame['type']>(type: T): Extract<ClientFrame, { type: T }>[] {
    return this.sent.filter((frame) => frame.type === type) as Extract<ClientFrame, { type: T }>[]
  }
}

export class FakeStore implements Store {
  readonly kept = new Map<string, string>()

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    this.kept.set(key, value)
  }

  removeItem(key: string): void {
    this.kept.delete(key)
  }
}

export class FakeBrowser implements Environment {
  wires: FakeWire[] = []
  now = 1_000_000
  store: Store | null
  #timers: { at: number; run: () => void }[] = []
  #ids = 0
  readonly #name: string

  constructor(store: Store | null = new FakeStore(), name = 'id') {
    this.store = store
    this.#name = name
  }

  connect(): FakeWire {
    const wire = new FakeWire()
    this.wires.push(wire)
    return wire
  }

  nowMs(): number {
    return this.now
  }

  random(): number {
    return 0.5
  }

  newId(): string {
    this.#ids += 1
    return `${this.#name}-${String(this.#ids).padStart(8, '0')}`
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run }
    this.#timers.push(timer)
    return () => (this.#timers = this.#timers.filter((one) => one !== timer))
  }

  /** Let time pass, timer by timer. */
  pass(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const due = this.#timers.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#timers = this.#timers.filter((one) => one !== due)
      this.now = Math.max(this.now, due.at)
      due.run()
    }
    this.now = end
  }

  get wire(): FakeWire {
    const last = this.wires.at(-1)
    if (!last) throw new Error('nothing was connected')
    return last
  }
}

export class Heard implements Listener {
  connections: Connection[] = []
  updates: { offset: number; fresh: boolean }[] = []
  errors: string[] = []
  links: string[] = []
  lates: { type: string; answer: Answer }[] = []
  pongs = 0
  welcomes = 0

  connection(connection: Connection): void {
    this.connections.push(connection)
  }

  welcome(): void {
    this.welcomes += 1
  }

  update(frame: { offset: number }, fresh: boolean): void {
    this.updates.push({ offset: frame.offset, fresh })
  }

  pong(): void {
    this.pongs += 1
  }

  link(frame: { type: string }): void {
    this.links.push(frame.type)
  }

  error(frame: { code: string }): void {
    this.errors.push(frame.code)
  }

  late(command: { type: string }, answer: Answer): void {
    this.lates.push({ type: command.type, answer })
  }

  get state(): string {
    return this.connections.at(-1)?.state ?? 'none'
  }
}

export function welcome(change: Partial<Welcome> = {}): Welcome {
  return {
    type: 'welcome',
    meeting: 'm',
    person: 'p',
    audience: 'viewer',
    companion: false,
    linked_elsewhere: false,
    epoch: 'first',
    offset: 10,
    resumed: false,
    server_ms: 2_000_000,
    ice_servers: [],
    ...change,
  }
}

export function started(browser = new FakeBrowser()) {
  const heard = new Heard()
  const socket = new MeetingSocket('token', browser, heard)
  socket.start()
  return { browser, heard, socket }
}

/** Connected and welcomed. */
export function inside(browser = new FakeBrowser()) {
  const made = started(browser)
  browser.wire.onopen?.()
  browser.wire.say(welcome())
  return made
}
