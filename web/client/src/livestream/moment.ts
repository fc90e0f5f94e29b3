/** A moment of a meeting, by the wall clock, and where it is in the recording. */

export interface Moment {
  /** Wall clock, milliseconds. */
  atMs: number
}

/**
 * What a link of the minutes asks for: `?meeting=ID&at=MS`; web/links.py makes them.
 *
 * @returns null: no moment is asked for, or not one that can be understood
 */
export function wantedMoment(search: string): (Moment & { meeting: string }) | null {
  const query = new URLSearchParams(search)
  const meeting = query.get('meeting')
  const at = query.get('at')
  if (!meeting || !at || !/^\d{1,15}$/.test(at)) return null
  return { meeting, atMs: Number(at) }
}

/**
 * Seconds from the start of a recording to a moment; null: nothing was recorded.
 *
 * The segments say when they began (EXT-X-PROGRAM-DATE-TIME, RFC 8216, 4.3.2.6), so that a break in
 * the recording moves nothing. A moment within a break leads to what comes after it; one outside of
 * the recording to its start or its last segment.
 *
 * @param playlist text of a media playlist
 */
export function positionAt(playlist: string, atMs: number): number | null {
  let positionS = 0
  let begunMs: number | null = null
  let lengthS = 0
  let lastS: number | null = null
  for (const line of playlist.split('\n')) {
    if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) begunMs = Date.parse(line.slice(25))
    else if (line.startsWith('#EXTINF:')) lengthS = Number.parseFloat(line.slice(8))
    else if (line && !line.startsWith('#')) {
      if (begunMs !== null && atMs < begunMs + lengthS * 1000) {
        return positionS + Math.max(0, (atMs - begunMs) / 1000)
      }
      lastS = positionS
      positionS += lengthS
      begunMs = null
    }
  }
  return lastS
}
