/**
 * What this device sends: one sound and one picture, over a connection that it offers itself.
 *
 * Both sections exist from the first offer, so that the microphone and the camera are switched by
 * `replaceTrack` alone: no renegotiation when the floor is granted, and nothing is sent before.
 */

import type { IceServer } from './ice'
import { rtcConfiguration } from './ice'

const PICTURE_MAX_BPS = 1_500_000
const PICTURE_MAX_FPS = 30

export interface Sent {
  sound: MediaStreamTrack | null
  picture: MediaStreamTrack | null
}

export class Publisher {
  readonly peer: RTCPeerConnection
  readonly #offer: (sdp: string) => void
  readonly #sound: RTCRtpTransceiver
  readonly #picture: RTCRtpTransceiver
  #closed = false
  #again = false

  /** @param offer sends `link.publish` */
  constructor(iceServers: IceServer[], offer: (sdp: string) => void) {
    this.#offer = offer
    this.peer = new RTCPeerConnection(rtcConfiguration(iceServers))
    this.#sound = this.peer.addTransceiver('audio', { direction: 'sendonly' })
    this.#picture = this.peer.addTransceiver('video', {
      direction: 'sendonly',
      sendEncodings: [{ maxBitrate: PICTURE_MAX_BPS, maxFramerate: PICTURE_MAX_FPS }],
    })
  }

  /** Replace what is sent; null: silence, or no picture. Takes effect at once, before or after start. */
  async send(sent: Sent): Promise<void> {
    if (this.#closed) return
    await Promise.all([
      this.#sound.sender.replaceTrack(sent.sound),
      this.#picture.sender.replaceTrack(sent.picture),
    ])
  }

  async start(): Promise<void> {
    await this.#describe()
  }

  /** Same connection, new path: after a change of network. */
  async restart(): Promise<void> {
    this.peer.restartIce()
    // One offer at a time: an answer says not to which of two it belongs.
    if (this.peer.signalingState === 'have-local-offer') this.#again = true
    else await this.#describe()
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
    this.peer.close()
  }

  async #describe(): Promise<void> {
    await this.peer.setLocalDescription()
    const sdp = this.peer.localDescription?.sdp
    if (!this.#closed && sdp) this.#offer(sdp)
  }
}
