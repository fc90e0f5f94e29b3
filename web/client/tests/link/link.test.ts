import { beforeEach, describe, expect, test } from 'vitest'
import { rtcConfiguration } from '../../src/link/ice'
import { Link, type LinkState, type Peers } from '../../src/link/link'
import type { Publisher, Sent } from '../../src/link/publisher'
import type { Subscriber } from '../../src/link/subscriber'
import type { ClientFrame } from '../../src/wire/generated'
import { FakeBrowser } from '../wire/fakes'

class FakePeer {
  iceConnectionState: RTCIceConnectionState = 'new'
  #told: (() => void)[] = []

  addEventListener(_: string, run: () => void): void {
    this.#told.push(run)
  }

  bytes = 0
  configurations: RTCConfiguration[] = []

  setConfiguration(configuration: RTCConfiguration): void {
    this.configurations.push(configuration)
  }

  async getStats(): Promise<Map<string, object>> {
    return new Map([['path', { type: 'candidate-pair', bytesReceived: this.bytes }]])
  }

  getReceivers(): object[] {
    return []
  }

  turn(state: RTCIceConnectionState): void {
    this.iceConnectionState = state
    for (const run of this.#told) run()
  }
}

class FakePublisher {
  peer = new FakePeer()
  sent: Sent[] = []
  answers: string[] = []
  active: [string, readonly string[]][] = []
  restarts = 0
  closed = false
  readonly offer: (sdp: string) => void

  constructor(offer: (sdp: string) => void) {
    this.offer = offer
  }

  async send(sent: Sent): Promise<void> {
    this.sent.push(sent)
  }

  async start(): Promise<void> {
    this.offer('offer')
  }

  async restart(): Promise<void> {
    this.restarts += 1
    this.offer('offer again')
  }

  async answered(sdp: string): Promise<void> {
    this.answers.push(sdp)
  }

  async layers(kind: string, active: readonly string[]): Promise<void> {
    this.active.push([kind, active])
  }

  close(): void {
    this.closed = true
  }
}

class FakeSubscriber {
  peer = new FakePeer()
  offers: number[] = []
  closed = false

  async offered(frame: { offer: number }): Promise<void> {
    this.offers.push(frame.offer)
  }

  close(): void {
    this.closed = true
  }
}

let browser: FakeBrowser
let frames: ClientFrame[]
let states: LinkState[]
let publishers: FakePublisher[]
let subscribers: FakeSubscriber[]
let link: Link
let quiets: number
/** Of each connection made: whether others stood before it. */
let fresh: boolean[]

const BOTH = { publish: true, subscribe: true }
const types = () => frames.map((frame) => frame.type)
const settled = () => new Promise((resolve) => setTimeout(resolve))

beforeEach(() => {
  browser = new FakeBrowser()
  frames = []
  states = []
  publishers = []
  subscribers = []
  quiets = 0
  fresh = []
  const peers: Peers = {
    publisher: (_, offer, anew) => {
      fresh.push(anew)
      const made = new FakePublisher(offer)
      publishers.push(made)
      return made as unknown as Publisher
    },
    subscriber: (_, __, ___, anew) => {
      fresh.push(anew)
      const made = new FakeSubscriber()
      subscribers.push(made)
      return made as unknown as Subscriber
    },
  }
  link = new Link(
    (frame) => {
      frames.push(frame)
      return true
    },
    (ms, run) => browser.after(ms, run),
    () => browser.now + 5_000, // the service's clock is ahead
    {
      state: (state) => states.push(state),
      received: () => undefined,
      quiet: () => (quiets += 1),
    },
    peers,
  )
})

async function linked(): Promise<void> {
  link.welcomed([])
  link.want(BOTH)
  await settled()
  link.frame({ type: 'link.offer', offer: 1, sdp: '' })
  publishers.at(-1)?.peer.turn('connected')
  subscribers.at(-1)?.peer.turn('connected')
}

describe('starting', () => {
  test('nothing is built before the welcome, nor when nothing is wanted', async () => {
    link.want(BOTH)
    expect(publishers).toEqual([])
    link.welcomed([])
    await settled()
    expect(types().sort()).toEqual(['link.publish', 'link.subscribe'])
    expect(states.at(-1)).toBe('connecting')
  })

  test('it is connected when both connections are', async () => {
    link.welcomed([])
    link.want(BOTH)
    await settled()
    link.frame({ type: 'link.offer', offer: 1, sdp: '' })
    publishers[0]?.peer.turn('connected')
    expect(states.at(-1)).toBe('connecting')
    subscribers[0]?.peer.turn('completed')
    expect(states.at(-1)).toBe('connected')
  })

  test('who is alone is connected too, and connects again to the first who comes', async () => {
    link.welcomed([])
    link.want(BOTH)
    await settled()
    publishers[0]?.peer.turn('connected')
    expect(states.at(-1)).toBe('connected')
    link.frame({ type: 'link.offer', offer: 1, sdp: '' })
    expect(states.at(-1)).toBe('connecting')
    subscribers[0]?.peer.turn('connected')
    expect(states.at(-1)).toBe('connected')
  })

  test('a page that only sees makes no connection for sending', () => {
    link.welcomed([])
    link.want({ publish: false, subscribe: true })
    expect(publishers).toEqual([])
    expect(types()).toEqual(['link.subscribe'])
  })

  test('what is sent before the link stands is sent once it does', async () => {
    const picture = { id: 'camera' } as MediaStreamTrack
    await link.transmit({ sound: null, picture })
    await linked()
    expect(publishers[0]?.sent).toEqual([{ sound: null, picture }])
    await link.transmit({ sound: null, picture: null })
    expect(publishers[0]?.sent.at(-1)).toEqual({ sound: null, picture: null })
    expect(types().filter((type) => type === 'link.publish')).toHaveLength(1)
  })
})

describe('mending', () => {
  test('a short gap is waited out', async () => {
    await linked()
    publishers[0]?.peer.turn('disconnected')
    browser.pass(900)
    publishers[0]?.peer.turn('connected')
    browser.pass(20_000)
    expect(publishers[0]?.restarts).toBe(0)
    expect(publishers).toHaveLength(1)
  })

  test('after a second the path is made anew, on the same connection', async () => {
    await linked()
    publishers[0]?.peer.turn('disconnected')
    subscribers[0]?.peer.turn('disconnected')
    browser.pass(1_100)
    expect(states.at(-1)).toBe('broken')
    expect(publishers[0]?.restarts).toBe(1)
    expect(types().filter((type) => type === 'link.subscribe')).toHaveLength(2)
    publishers[0]?.peer.turn('connected')
    subscribers[0]?.peer.turn('connected')
    browser.pass(20_000)
    expect(publishers).toHaveLength(1)
    expect(states.at(-1)).toBe('connected')
  })

  test('where that does not help, both are made anew', async () => {
    await linked()
    publishers[0]?.peer.turn('failed')
    expect(publishers[0]?.restarts).toBe(1)
    browser.pass(8_100)
    expect(publishers[0]?.closed).toBe(true)
    expect(subscribers[0]?.closed).toBe(true)
    expect(publishers).toHaveLength(2)
    expect(subscribers).toHaveLength(2)
    expect(types()).toContain('link.leave')
  })

  test('a reset makes both anew, at once', async () => {
    await linked()
    link.frame({ type: 'link.reset', reason: 'restarted' })
    expect(publishers[0]?.closed).toBe(true)
    browser.pass(0)
    expect(publishers).toHaveLength(2)
    expect(subscribers).toHaveLength(2)
  })

  /** Time passes in the pulse's steps, and what is asked of the peers is answered. */
  async function beat(ms: number, bytes: number): Promise<void> {
    for (let at = 0; at < ms; at += 200) {
      for (const one of subscribers) one.peer.bytes += bytes
      browser.pass(200)
      await settled()
    }
  }

  test('packets that stop are a reason for new paths, once, long before ICE says so', async () => {
    await linked()
    await beat(2_000, 100)
    await beat(400, 0)
    expect(publishers[0]?.restarts).toBe(0)
    await beat(200, 0)
    expect([publishers[0]?.restarts, quiets]).toEqual([1, 1])
    expect(types().filter((type) => type === 'link.subscribe')).toHaveLength(2)
    await beat(20_000, 0)
    expect([publishers[0]?.restarts, quiets]).toEqual([1, 1])
    await beat(2_000, 100)
    await beat(1_000, 0)
    expect([publishers[0]?.restarts, quiets]).toEqual([2, 2])
    expect(publishers).toHaveLength(1)
  })

  test('where little came, little that is missing says nothing', async () => {
    await linked()
    for (let n = 0; n < 5; n += 1) {
      await beat(400, 100)
      await beat(1_000, 0)
    }
    expect([publishers[0]?.restarts, quiets]).toEqual([0, 0])
  })

  test('a change of network makes new paths at once, and no more than one in two seconds', async () => {
    await linked()
    link.renew()
    link.renew()
    expect(publishers[0]?.restarts).toBe(1)
    browser.pass(2_000)
    link.renew()
    expect(publishers[0]?.restarts).toBe(2)
    link.unplugged()
    browser.pass(2_000)
    link.renew() // nothing can be said; the socket's return starts the link anew
    expect(publishers[0]?.restarts).toBe(2)
  })

  test('a new socket makes both anew, and what happens to the old ones is nobody’s business', async () => {
    await linked()
    link.unplugged()
    publishers[0]?.peer.turn('failed')
    expect(publishers[0]?.restarts).toBe(0)
    link.welcomed([])
    await settled()
    expect(publishers[0]?.closed).toBe(true)
    expect(publishers).toHaveLength(2)
    expect(fresh).toEqual([false, false, true, true])
    publishers[0]?.peer.turn('failed')
    browser.pass(20_000)
    expect(publishers).toHaveLength(2)
  })

  test('an unavailable media plane is tried again, ever more slowly', async () => {
    await linked()
    const waits: number[] = []
    for (let n = 0; n < 3; n += 1) {
      const before = browser.now
      const made = publishers.length
      link.error('link.unavailable')
      while (publishers.length === made) browser.pass(50)
      waits.push(browser.now - before)
    }
    expect(waits).toEqual([50, 500, 1_000]) // at once is within the test's step
  })

  test('a refusal is final until something else is wanted', async () => {
    await linked()
    link.error('link.forbidden')
    browser.pass(60_000)
    expect(states.at(-1)).toBe('refused')
    expect(publishers).toHaveLength(1)
    link.want({ publish: false, subscribe: false })
    link.want(BOTH)
    expect(publishers).toHaveLength(2)
  })
})

describe('several pages of one person', () => {
  const claims = () =>
    frames.flatMap((frame) => (frame.type === 'link.publish' ? [frame.claimed_ms] : []))

  test('a link that moved ends here, and nothing but the person brings it back', async () => {
    await linked()
    link.frame({ type: 'link.moved' })
    expect(publishers[0]?.closed).toBe(true)
    expect(subscribers[0]?.closed).toBe(true)
    expect(types().at(-1)).toBe('link.leave')
    expect(states.at(-1)).toBe('moved')
    link.frame({ type: 'link.reset', reason: 'restarted' })
    link.error('link.unavailable')
    link.unplugged()
    link.welcomed([])
    browser.pass(60_000)
    expect(publishers).toHaveLength(1)
    expect(states.at(-1)).toBe('moved')
  })

  test('taken back, it is claimed anew', async () => {
    await linked()
    link.frame({ type: 'link.moved' })
    browser.pass(1_000)
    link.takeBack()
    await settled()
    expect(publishers).toHaveLength(2)
    expect(subscribers).toHaveLength(2)
    expect(claims()).toEqual([1_005_000, 1_006_000])
  })

  test('coming back after a break repeats the claim', async () => {
    await linked()
    browser.pass(1_000)
    link.unplugged()
    link.welcomed([])
    await settled()
    expect(claims()).toEqual([1_005_000, 1_005_000])
  })

  test('a page that has its link takes nothing back', async () => {
    await linked()
    link.takeBack()
    expect(publishers).toHaveLength(1)
  })

  test('a page that only sees loses nothing', () => {
    link.welcomed([])
    link.want({ publish: false, subscribe: true })
    link.frame({ type: 'link.moved' })
    expect(subscribers[0]?.closed).toBe(false)
  })
})

describe('ending', () => {
  test('wanting nothing ends both, here and at the service', async () => {
    await linked()
    link.want({ publish: false, subscribe: false })
    expect(publishers[0]?.closed).toBe(true)
    expect(subscribers[0]?.closed).toBe(true)
    expect(types().at(-1)).toBe('link.leave')
    expect(states.at(-1)).toBe('off')
    link.welcomed([])
    expect(publishers).toHaveLength(1)
  })
})

test('new credentials are used from the next path on, without a new connection', async () => {
  await linked()
  const relay = { urls: ['turn:t.example'], username: '2:li', credential: 'd', expires_ms: 2_000 }
  link.frame({ type: 'link.servers', ice_servers: [relay] })
  const iceServers = [{ urls: ['turn:t.example'], username: '2:li', credential: 'd' }]
  expect(publishers[0]?.peer.configurations).toMatchObject([{ iceServers }])
  expect(subscribers[0]?.peer.configurations).toMatchObject([{ iceServers }])
  expect([publishers.length, publishers[0]?.restarts]).toEqual([1, 0])
})

test('what the page shows is told, and told again to whoever takes over at the service', async () => {
  const tiles = [{ person: 'li', kind: 'picture' as const, height: 180 }]
  link.show(tiles)
  expect(types()).toEqual([]) // nobody sends anything yet
  await linked()
  link.show([])
  link.welcomed([])
  await settled()
  const shown = frames.filter((frame) => frame.type === 'link.show')
  expect(shown.map((frame) => frame.tiles)).toEqual([tiles, [], []])
  const after = types().slice(types().lastIndexOf('link.subscribe'))
  expect(after).toContain('link.show')
})

test('the layers that are shown are told to the connection that sends them', async () => {
  await linked()
  link.frame({ type: 'link.layers', kind: 'picture', active: ['q'] })
  expect(publishers[0]?.active).toEqual([['picture', ['q']]])
})

test('only servers that the service named are asked', () => {
  expect(rtcConfiguration([]).iceServers).toEqual([])
  expect(
    rtcConfiguration([
      { urls: ['turn:t.example'], username: 'u', credential: 'c', expires_ms: null },
      { urls: ['stun:s.example'], username: '', credential: '', expires_ms: null },
    ]).iceServers,
  ).toEqual([
    { urls: ['turn:t.example'], username: 'u', credential: 'c' },
    { urls: ['stun:s.example'] },
  ])
})
