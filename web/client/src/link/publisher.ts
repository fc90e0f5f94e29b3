/**
 * What this device sends: one sound and one picture, over a connection that it offers itself.
 *
 * Both sections exist from the first offer, so that the microphone and the camera are switched by
 * `replaceTrack` alone: no renegotiation when the floor is granted, and nothing is sent before.
 */

import { connection } from './fresh'
import type { IceServer } from './ice'
import { rtcConfiguration } from './ice'

const PICTURE_MAX_FPS = 25

/**
 * The picture in three sizes, small to large (the service goes by that order): thumbnails take the
 * first, whoever shows it large the last. Of 720p they are 180, 360 and 720 lines.
 */
const LAYERS: RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000, maxFramerate: PICTURE_MAX_FPS },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000, maxFramerate: PICTURE_MAX_FPS },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_500_000, maxFramerate: PICTURE_MAX_FPS },
]
const ONE_LAYER: RTCRtpEncodingParameters[] = [
  { maxBitrate: 1_500_000, maxFramerate: PICTURE_MAX_FPS },
]

/** A shared screen: letters stay sharp, and what moves on it may stutter. */
const SCREEN: RTCRtpEncodingParameters = { maxBitrate: 2_500_000, maxFramerate: 15 }

export interface Sent {
  sound: MediaStreamTrack | null
  picture: MediaStreamTrack | null
  screen?: MediaStreamTrack | null
}

export class Publisher {
  readonly peer: RTCPeerConnection
  readonly #end: () => void
  readonly #offer: (sdp: string) => void
  readonly #sound: RTCRtpTransceiver
  readonly #picture: RTCRtpTransceiver
  #active: readonly string[] = []
  #settling: Promise<void> = Promise.resolve()
  #screen: RTCRtpTransceiver | null = null
  #started = false
  #closed = false
  #again = false

  /**
   * @param offer sends `link.publish`
   * @param fresh after a break: see `connection`
   */
  constructor(iceServers: IceServer[], offer: (sdp: string) => void, fresh = false) {
    this.#offer = offer
    const made = connection(rtcConfiguration(iceServers), fresh)
    this.peer = made.peer
    this.#end = made.end
    this.#sound = this.peer.addTransceiver('audio', { direction: 'sendonly' })
    preferRedundant(this.#sound)
    this.#picture = pictureSender(this.peer)
  }

  /** Replace what is sent; null: silence, or no picture. Takes effect at once, before or after start. */
  async send(sent: Sent): Promise<void> {
    if (this.#closed) return
    await Promise.all([
      this.#sound.sender.replaceTrack(sent.sound),
      this.#picture.sender.replaceTrack(sent.picture),
    ])
    await this.#share(sent.screen ?? null)
  }

  /**
   * Send these layers of the picture; nobody shows the others.
   *
   * @param active their names; a picture of one layer is always sent
   */
  layers(kind: string, active: readonly string[]): Promise<void> {
    if (kind !== 'picture') return Promise.resolve()
    this.#active = active
    // One change at a time: the browser refuses parameters that were read before another change.
    this.#settling = this.#settling.then(() => this.#settle()).catch(() => undefined)
    return this.#settling
  }

  async start(): Promise<void> {
    this.#started = true
    await this.#describe()
  }

  /** Same connection, new path: after a change of network. */
  async restart(): Promise<void> {
    this.peer.restartIce()
    await this.#renew()
  }

  async answered(sdp: string): Promise<void> {
    // An answer to an offer that was overtaken finds the connection stable: pass over it.
    if (this.#closed || this.peer.signalingState !== 'have-local-offer') return
    await this.peer.setRemoteDescription({ type: 'answer', sdp })
    if (!this.#again || this.#closed) return
    this.#again = false
    await this.#describe()
  }

  close(): void {
    this.#closed = true
    this.#end()
  }

  async #settle(): Promise<void> {
    if (this.#closed) return
    const parameters = this.#picture.sender.getParameters()
    if (activate(parameters.encodings, this.#active))
      await this.#picture.sender.setParameters(parameters)
  }

  /** A screen has a section of its own while it is shared: it costs each who receives one too. */
  async #share(track: MediaStreamTrack | null): Promise<void> {
    if ((this.#screen?.sender.track ?? null) === track) return
    if (this.#screen) {
      this.#screen.direction = track ? 'sendonly' : 'inactive'
      await this.#screen.sender.replaceTrack(track)
    } else if (track)
      this.#screen = this.peer.addTransceiver(track, {
        direction: 'sendonly',
        sendEncodings: [SCREEN],
      })
    if (this.#started) await this.#renew()
  }

  async #renew(): Promise<void> {
    // One offer at a time: an answer says not to which of two it belongs.
    if (this.peer.signalingState === 'have-local-offer') this.#again = true
    else await this.#describe()
  }

  async #describe(): Promise<void> {
    await this.peer.setLocalDescription()
    const sdp = this.peer.localDescription?.sdp
    if (!this.#closed && sdp) this.#offer(screenNamed(sdp, this.#screen?.mid ?? null))
  }
}

/**
 * The offer with the screen's section named so: the service tells by the stream id (RFC 8830), and
 * browsers choose those themselves.
 */
export function screenNamed(sdp: string, mid: string | null): string {
  if (mid === null) return sdp
  const sections = sdp.split(/\r\n(?=m=)/)
  return sections
    .map((section) =>
      section.split('\r\n').includes(`a=mid:${mid}`)
        ? section.replace(/^a=msid:\S+/m, 'a=msid:screen')
        : section,
    )
    .join('\r\n')
}

/**
 * Each packet of sound carries the one before it once more (RFC 2198), where the browser can: of
 * twenty lost packets nineteen are not missed, for 32 kbit/s.
 */
export function preferRedundant(sound: Pick<RTCRtpTransceiver, 'setCodecPreferences'>): void {
  if (typeof RTCRtpSender === 'undefined') return
  const codecs = RTCRtpSender.getCapabilities('audio')?.codecs ?? []
  const redundant = codecs.filter((codec) => codec.mimeType.toLowerCase() === 'audio/red')
  if (redundant.length === 0) return
  sound.setCodecPreferences([...redundant, ...codecs.filter((codec) => !redundant.includes(codec))])
}

/** Layers where the browser has them, else one picture. */
function pictureSender(peer: RTCPeerConnection): RTCRtpTransceiver {
  try {
    return peer.addTransceiver('video', { direction: 'sendonly', sendEncodings: LAYERS })
  } catch {
    return peer.addTransceiver('video', { direction: 'sendonly', sendEncodings: ONE_LAYER })
  }
}

/**
 * Mark which layers are sent.
 *
 * @returns whether anything changed; layers of other names, or a picture of one layer, stay as they are
 */
export function activate(
  encodings: RTCRtpEncodingParameters[],
  active: readonly string[],
): boolean {
  if (encodings.length < 2 || !encodings.some((one) => active.includes(one.rid ?? ''))) return false
  let changed = false
  for (const one of encodings) {
    const sends = active.includes(one.rid ?? '')
    changed ||= (one.active ?? true) !== sends
    one.active = sends
  }
  return changed
}
