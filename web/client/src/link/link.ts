/**
 * The video link of this device: keeps the two peer connections that are wanted alive.
 *
 * A break is mended in two steps: first a new path for the same connection (ICE restart), and where
 * that does not help within REBUILD_AFTER_MS, both connections anew. A new socket or `link.reset`
 * means at once anew, since the service knows nothing of the old ones. New paths are also made when
 * the device says that the network changed, or packets stop that came steadily: long before ICE
 * notices. While the old path works it carries on, so a path too many harms nothing.
 *
 * Of a person's pages one has the link: the one on which it was asked for last (the *claim*). A page
 * that loses it is told by `link.moved` and stays without until the person takes it back there; a
 * page that comes back after a break repeats its old claim.
 */

import { backoffMs } from '../wire/backoff'
import { rtcConfiguration } from './ice'
import type { ClientFrame, IceServer, ShownPicture } from '../wire/generated'
import type { LinkFrame } from '../wire/socket'
import { cushion } from './cushion'
import { bytesReceived, pulse } from './pulse'
import { Publisher, type Sent } from './publisher'
import { counted, type Counted } from './stats'
import { Subscriber, type Received } from './subscriber'
import { watch, type After } from './watch'

const REBUILD_AFTER_MS = 8_000
const RENEW_EVERY_MS = 2_000

export interface Wanted {
  publish: boolean
  subscribe: boolean
}

export type LinkState = 'off' | 'connecting' | 'connected' | 'broken' | 'refused' | 'moved'

export interface LinkListener {
  state(state: LinkState): void
  received(received: ReadonlyMap<string, Received>): void
  /** Packets stopped: is the socket's way gone too? */
  quiet(): void
}

/**
 * How connections are made; the browser's, unless a test says otherwise. *fresh*: others stood before.
 */
export interface Peers {
  publisher(servers: IceServer[], offer: (sdp: string) => void, fresh: boolean): Publisher
  subscriber(
    servers: IceServer[],
    answer: (offer: number, sdp: string) => void,
    changed: (received: ReadonlyMap<string, Received>) => void,
    fresh: boolean,
  ): Subscriber
}

const BROWSER_PEERS: Peers = {
  publisher: (servers, offer, fresh) => new Publisher(servers, offer, fresh),
  subscriber: (servers, answer, changed, fresh) => new Subscriber(servers, answer, changed, fresh),
}

export class Link {
  readonly #send: (frame: ClientFrame) => boolean
  readonly #after: After
  readonly #serviceMs: () => number
  readonly #on: LinkListener
  readonly #peers: Peers

  #servers: IceServer[] | null = null
  #wanted: Wanted = { publish: false, subscribe: false }
  #sent: Sent = { sound: null, picture: null }
  #shown: ShownPicture[] | null = null
  #publisher: Publisher | null = null
  #subscriber: Subscriber | null = null
  #connected = new Set<'publisher' | 'subscriber'>()
  #offered = false
  #endWatches: (() => void)[] = []
  #restarts: (() => Promise<void>)[] = []
  #renewed = false
  #cancelRebuild: (() => void) | null = null
  #attempt = 0
  #refused = false
  #moved = false
  #broke = false
  #claimedMs = 0

  /** @param serviceMs now, by the service's clock */
  constructor(
    send: (frame: ClientFrame) => boolean,
    after: After,
    serviceMs: () => number,
    on: LinkListener,
    peers: Peers = BROWSER_PEERS,
  ) {
    this.#send = send
    this.#after = after
    this.#serviceMs = serviceMs
    this.#on = on
    this.#peers = peers
  }

  /** Change what the link is for. Nothing wanted: both connections end, here and at the service. */
  want(wanted: Wanted): void {
    const { publish, subscribe } = this.#wanted
    if (publish === wanted.publish && subscribe === wanted.subscribe) return
    this.#wanted = { ...wanted }
    this.#refused = false
    this.#moved = false
    this.#attempt = 0
    if (wanted.publish && !publish) this.#claim()
    const lessen = (publish && !wanted.publish) || (subscribe && !wanted.subscribe)
    if (lessen) {
      this.#tearDown()
      this.#send({ type: 'link.leave' })
    }
    this.#build()
  }

  /** The person asks for the link here, after it moved to another page. */
  takeBack(): void {
    if (!this.#moved) return
    this.#moved = false
    this.#claim()
    this.#build()
  }

  /** Change what is sent, without any negotiation. */
  async transmit(sent: Sent): Promise<void> {
    this.#sent = { ...sent }
    await this.#publisher?.send(this.#sent)
  }

  /** Change what is received: nothing but what this page shows. */
  show(pictures: ShownPicture[]): void {
    this.#shown = pictures
    if (this.#subscriber) this.#send({ type: 'link.show', tiles: pictures })
  }

  /** A new socket was welcomed: whatever stood before belongs to a connection that is gone. */
  welcomed(servers: IceServer[]): void {
    this.#servers = servers
    this.#attempt = 0
    this.#refused = false
    this.#tearDown()
    this.#build()
  }

  /** The socket is gone: media may flow on, but nothing can be said. */
  unplugged(): void {
    this.#servers = null
    this.#cancelRebuild?.()
    this.#cancelRebuild = null
  }

  /** The network may be another one: new paths for the connections that stand. */
  renew(): void {
    if (!this.#servers || this.#renewed) return
    this.#renewed = true
    this.#after(RENEW_EVERY_MS, () => (this.#renewed = false))
    for (const restart of this.#restarts) restart().catch(() => this.#rebuildSoon())
  }

  frame(frame: LinkFrame): void {
    switch (frame.type) {
      case 'link.published':
        this.#publisher?.answered(frame.sdp).catch(() => this.#rebuildSoon())
        break
      case 'link.offer':
        if (!this.#subscriber) break
        this.#offered = true
        this.#tell()
        this.#subscriber.offered(frame).catch(() => this.#rebuildSoon())
        break
      case 'link.layers':
        this.#publisher?.layers(frame.kind, frame.active).catch(() => undefined)
        break
      case 'link.reset':
        this.#tearDown()
        this.#rebuildSoon()
        break
      case 'link.servers':
        this.#servers = frame.ice_servers
        this.#publisher?.peer.setConfiguration(rtcConfiguration(frame.ice_servers))
        this.#subscriber?.peer.setConfiguration(rtcConfiguration(frame.ice_servers))
        break
      case 'link.moved':
        if (!this.#wanted.publish) break
        this.#moved = true
        this.#tearDown()
        this.#send({ type: 'link.leave' }) // what was asked for meanwhile ends too
        break
    }
  }

  error(code: string): void {
    if (code === 'link.forbidden' || code === 'link.locked' || code === 'link.bad_sdp') {
      this.#refused = true
      this.#tearDown()
    } else this.#rebuildSoon()
  }

  /** What the browser counted so far; null: there is no connection. */
  async counted(): Promise<Counted | null> {
    const peer = (this.#subscriber ?? this.#publisher)?.peer
    if (!peer) return null
    return counted([...(await peer.getStats()).values()])
  }

  close(): void {
    this.#tearDown()
    this.#send({ type: 'link.leave' })
    this.#servers = null
  }

  #claim(): void {
    this.#claimedMs = Math.max(0, Math.round(this.#serviceMs()))
  }

  #build(): void {
    if (!this.#servers || this.#refused || this.#moved) return
    if (this.#wanted.publish && !this.#publisher) this.#publish(this.#servers)
    if (this.#wanted.subscribe && !this.#subscriber) this.#subscribe(this.#servers)
    this.#tell()
  }

  #publish(servers: IceServer[]): void {
    const made = this.#peers.publisher(
      servers,
      (sdp) => this.#send({ type: 'link.publish', sdp, claimed_ms: this.#claimedMs }),
      this.#broke,
    )
    this.#publisher = made
    this.#watch('publisher', made.peer, () => made.restart())
    made
      .send(this.#sent)
      .then(() => made.start())
      .catch(() => this.#rebuildSoon())
  }

  #subscribe(servers: IceServer[]): void {
    const made = this.#peers.subscriber(
      servers,
      (offer, sdp) => this.#send({ type: 'link.answer', offer, sdp }),
      (received) => this.#on.received(received),
      this.#broke,
    )
    this.#subscriber = made
    this.#watch('subscriber', made.peer, async () => {
      this.#send({ type: 'link.subscribe' })
    })
    this.#endWatches.push(cushion(made.peer, this.#after))
    this.#send({ type: 'link.subscribe' })
    if (this.#shown) this.#send({ type: 'link.show', tiles: this.#shown })
  }

  #watch(
    which: 'publisher' | 'subscriber',
    peer: RTCPeerConnection,
    restart: () => Promise<void>,
  ): void {
    const connected = () => {
      this.#connected.add(which)
      if (this.#allConnected()) {
        this.#attempt = 0
        this.#cancelRebuild?.()
        this.#cancelRebuild = null
      }
      this.#tell()
    }
    const broken = () => {
      this.#connected.delete(which)
      this.#on.state('broken')
      if (!this.#servers) return // the socket is gone too; its return starts the link anew
      this.#on.quiet() // what is asked over a dead socket is not heard
      restart().catch(() => this.#rebuildSoon())
      this.#rebuildIn(REBUILD_AFTER_MS)
    }
    const quiet = () => {
      this.#on.quiet()
      this.renew()
    }
    this.#endWatches.push(watch(peer, this.#after, connected, broken))
    this.#endWatches.push(pulse(() => bytesReceived(peer), this.#after, quiet))
    this.#restarts.push(restart)
  }

  #allConnected(): boolean {
    return (
      (!this.#wanted.publish || this.#connected.has('publisher')) &&
      // While nobody else sends there is no offer, and nothing to be connected to.
      (!this.#wanted.subscribe || !this.#offered || this.#connected.has('subscriber'))
    )
  }

  /** At once the first time, ever more slowly after. */
  #rebuildSoon(): void {
    this.#rebuildIn(this.#attempt === 0 ? 0 : backoffMs(this.#attempt - 1, 1))
    this.#attempt += 1
  }

  #rebuildIn(ms: number): void {
    if (this.#cancelRebuild || !this.#servers || this.#moved) return
    this.#cancelRebuild = this.#after(ms, () => {
      this.#cancelRebuild = null
      this.#tearDown()
      this.#send({ type: 'link.leave' })
      this.#build()
    })
  }

  #tearDown(): void {
    this.#cancelRebuild?.()
    this.#cancelRebuild = null
    for (const end of this.#endWatches.splice(0)) end()
    this.#restarts = []
    this.#broke ||= this.#publisher !== null || this.#subscriber !== null
    this.#publisher?.close()
    this.#subscriber?.close()
    this.#publisher = null
    this.#subscriber = null
    this.#connected.clear()
    this.#offered = false
    this.#tell()
  }

  #tell(): void {
    if (!this.#wanted.publish && !this.#wanted.subscribe) this.#on.state('off')
    else if (this.#refused) this.#on.state('refused')
    else if (this.#moved) this.#on.state('moved')
    else this.#on.state(this.#allConnected() ? 'connected' : 'connecting')
  }
}
