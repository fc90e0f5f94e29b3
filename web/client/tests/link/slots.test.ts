import { expect, test } from 'vitest'
import { slots } from '../../src/link/slots'
import { received } from '../../src/link/subscriber'

const OFFER = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1 2 3',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:0',
  'a=sendonly',
  'a=msid:wang sound',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:1',
  'a=sendonly',
  'a=msid:wang picture',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:2',
  'a=inactive',
  'a=msid:gone picture',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:3',
  'a=msid:demo-room picture',
  'a=sendonly',
  '',
].join('\r\n')

test('each sending section belongs to the person in its stream id', () => {
  expect(slots(OFFER)).toEqual([
    { mid: '0', kind: 'sound', person: 'wang' },
    { mid: '1', kind: 'picture', person: 'wang' },
    { mid: '3', kind: 'picture', person: 'demo-room' },
  ])
})

test('lines may end without carriage returns', () => {
  expect(slots(OFFER.replaceAll('\r\n', '\n'))).toEqual(slots(OFFER))
})

test('a section without stream, or of no stream, is nobody’s', () => {
  expect(slots('v=0\r\nm=audio 9 X 111\r\na=mid:0\r\na=sendonly\r\n')).toEqual([])
  expect(slots('v=0\r\nm=audio 9 X 111\r\na=mid:0\r\na=sendonly\r\na=msid:- t\r\n')).toEqual([])
})

test('tracks are found by section, not by the order in which they came', () => {
  const track = (id: string) => ({ receiver: { track: { id } as MediaStreamTrack } as RTCRtpReceiver })
  const found = received(OFFER, [
    { mid: '3', ...track('c') },
    { mid: '1', ...track('b') },
    { mid: '0', ...track('a') },
    { mid: '2', ...track('x') },
  ])
  expect([...found.keys()]).toEqual(['wang', 'demo-room'])
  expect(found.get('wang')?.sound?.id).toBe('a')
  expect(found.get('wang')?.picture?.id).toBe('b')
  expect(found.get('demo-room')).toEqual({ sound: null, picture: { id: 'c' } })
})

test('a shared screen is told by its stream, and belongs to its person', () => {
  const offer = 'v=0\r\nm=video 9 X 96\r\na=mid:4\r\na=sendonly\r\na=msid:screen.li 4\r\n'
  expect(slots(offer)).toEqual([{ mid: '4', kind: 'screen', person: 'li' }])
  const track = { id: 's' } as MediaStreamTrack
  const found = received(offer, [{ mid: '4', receiver: { track } as RTCRtpReceiver }])
  expect(found.get('li')).toEqual({ sound: null, picture: null, screen: track })
})
