/** What the others send: a connection that the service offers and this side answers. */

import type { LinkOffer } from '../wire/generated'
import { connection } from './fresh'
import type { IceServer } from './ice'
import { rtcConfiguration } from './ice'
import { slots } from './slots'

/** What arrives from one person. */
export interface Received {
  sound: MediaStreamTrack | null
  picture: MediaStreamTrack | null
  /** Absent: none was ever shared. */
  screen?: MediaStreamTrack | null
}

export class Subscriber {
  readonly peer: RTCPeerConnection
  readonly #end: () => void
  readonly #answer: (offer: number, sdp: string) => void
  readonly #changed: (received: ReadonlyMap<string, Received>) => void
  #newest = 0
  #work: Promise<void> = Promise.resolve()
  #closed = false

  /**
   * @param answer sends `link.answer`
   * @param changed told who sends what, after every offer
   * @param fresh after a break: see `connection`
   */
  constructor(
    iceServers: IceServer[],
    answer: (offer: number, sdp: string) => void,
    changed: (received: ReadonlyMap<string, Received>) => void,
    fresh = false,
  ) {
    this.#answer = answer
    this.#changed = changed
    const made = connection(rtcConfiguration(iceServers), fresh)
    this.peer = made.peer
    this.#end = made.end
  }

  /** Answer an offer; those that were overtaken while another was worked on are passed over. */
  offered(frame: LinkOffer): Promise<void> {
    this.#newest = Math.max(this.#newest, frame.offer)
    const work = this.#work.then(() => this.#take(frame))
    this.#work = work.catch(() => undefined) // the caller hears of it; the next offer still counts
    return work
  }

  close(): void {
    this.#closed = true
    this.#end()
    this.#changed(new Map())
  }

  async #take(frame: LinkOffer): Promise<void> {
    if (this.#closed || frame.offer < this.#newest) return
    await this.peer.setRemoteDescription({ type: 'offer', sdp: frame.sdp })
    await this.peer.setLocalDescription()
    if (this.#closed) return
    this.#answer(frame.offer, this.peer.localDescription?.sdp ?? '')
    this.#changed(received(frame.sdp, this.peer.getTransceivers()))
  }
}

/** The tracks of each person, by the sections of the offer. */
export function received(
  sdp: string,
  transceivers: readonly Pick<RTCRtpTransceiver, 'mid' | 'receiver'>[],
): Map<string, Received> {
  const tracks = new Map(transceivers.map((one) => [one.mid, one.receiver.track]))
  const found = new Map<string, Received>()
  for (const { mid, kind, person } of slots(sdp)) {
    const track = tracks.get(mid)
    if (!track) continue
    const one = found.get(person) ?? { sound: null, picture: null }
    one[kind] = track
    found.set(person, one)
  }
  return found
}
