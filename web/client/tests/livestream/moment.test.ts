import { describe, expect, test } from 'vitest'
import { positionAt, wantedMoment } from '../../src/livestream/moment'

const AT = Date.parse('2026-11-22T06:00:00.000Z')
/** Two segments of four seconds, a break of a minute, and one more. */
const PLAYLIST = `#EXTM3U
#EXT-X-MAP:URI="a.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T06:00:00.000Z
#EXTINF:4.0,
1.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T06:00:04.000Z
#EXTINF:4.0,
2.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T06:01:08.000Z
#EXTINF:3.0,
3.m4s
#EXT-X-ENDLIST
`

describe('a moment of a recording', () => {
  test('is found within its segment', () => {
    expect(positionAt(PLAYLIST, AT)).toBe(0)
    expect(positionAt(PLAYLIST, AT + 5_500)).toBe(5.5)
    expect(positionAt(PLAYLIST, AT + 69_000)).toBe(9)
  })

  test('in a break is what comes after it', () => {
    expect(positionAt(PLAYLIST, AT + 8_000)).toBe(8)
    expect(positionAt(PLAYLIST, AT + 30_000)).toBe(8)
  })

  test('before it is the start, after it the last segment', () => {
    expect(positionAt(PLAYLIST, AT - 60_000)).toBe(0)
    expect(positionAt(PLAYLIST, AT + 3_600_000)).toBe(8)
  })

  test('is nowhere where nothing was recorded', () => {
    expect(positionAt('#EXTM3U\n#EXT-X-ENDLIST\n', AT)).toBeNull()
  })
})

describe('a link of the minutes', () => {
  test('names meeting and instant', () => {
    expect(wantedMoment('?meeting=m-1&at=1795327200000')).toEqual({ meeting: 'm-1', atMs: 1_795_327_200_000 })
  })

  test.each(['', '?meeting=m-1', '?at=5', '?meeting=m-1&at=', '?meeting=m-1&at=-5', '?meeting=m-1&at=1e9'])(
    'that asks for nothing to be understood is passed over: %s',
    (search) => expect(wantedMoment(search)).toBeNull(),
  )
})
