import { afterEach, expect, test, vi } from 'vitest'
import { preferRedundant, Publisher, screenNamed } from '../../src/link/publisher'

/** A connection that only negotiates. */
class FakeConnection {
  signalingState: RTCSignalingState = 'stable'
  localDescription: { sdp: string } | null = null
  restarts = 0
  taken: string[] = []
  #offers = 0

  addTransceiver(): { sender: object } {
    return { sender: { replaceTrack: async () => undefined } }
  }

  restartIce(): void {
    this.restarts += 1
  }

  async setLocalDescription(): Promise<void> {
    this.#offers += 1
    this.localDescription = { sdp: `offer ${this.#offers}` }
    this.signalingState = 'have-local-offer'
  }

  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.taken.push(sdp)
    this.signalingState = 'stable'
  }

  close(): void {
    this.signalingState = 'closed'
  }
}

afterEach(() => vi.unstubAllGlobals())

test('the section of a shared screen is named so, and no other', () => {
  const section = (mid: string) => `m=video 9 X 96\r\na=mid:${mid}\r\na=msid:- t${mid}\r\n`
  const offer = `v=0\r\n${section('1')}${section('11')}`
  expect(screenNamed(offer, null)).toBe(offer)
  expect(screenNamed(offer, '11')).toBe(
    `v=0\r\n${section('1')}m=video 9 X 96\r\na=mid:11\r\na=msid:screen t11\r\n`,
  )
})

test('a restart waits for the answer of the offer before, or that would be taken for its own', async () => {
  vi.stubGlobal('RTCPeerConnection', FakeConnection)
  const offers: string[] = []
  const publisher = new Publisher([], (sdp) => offers.push(sdp))
  await publisher.start()
  await publisher.restart()
  await publisher.restart()
  expect(offers).toEqual(['offer 1'])
  await publisher.answered('answer 1')
  expect(offers).toEqual(['offer 1', 'offer 2'])
  await publisher.answered('answer 2')
  const peer = publisher.peer as unknown as FakeConnection
  expect(peer.taken).toEqual(['answer 1', 'answer 2'])
  expect([peer.restarts, offers.length]).toEqual([2, 2])
})

test('redundant sound is preferred where the browser has it, and nothing is asked where not', () => {
  const named = (...names: string[]) => names.map((name) => ({ mimeType: `audio/${name}`, clockRate: 48_000 }))
  const preferred = (...names: string[]) => {
    vi.stubGlobal('RTCRtpSender', { getCapabilities: () => ({ codecs: named(...names) }) })
    let asked: string[] | null = null
    preferRedundant({
      setCodecPreferences: (codecs: Iterable<RTCRtpCodec>) => {
        asked = [...codecs].map(({ mimeType }) => mimeType)
      },
    })
    return asked
  }
  expect(preferred('opus', 'red', 'PCMU')).toEqual(['audio/red', 'audio/opus', 'audio/PCMU'])
  expect(preferred('opus', 'PCMU')).toBeNull()
})
