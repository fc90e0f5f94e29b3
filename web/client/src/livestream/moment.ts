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

/** A segment of a recording: where it lies, and when it was. */
export interface Piece {
  /** Wall clock of its beginning, milliseconds. */
  fromMs: number
  /** Seconds from the start of the recording. */
  startS: number
  lengthS: number
}

/**
 * The segments of a recording that say when they began (EXT-X-PROGRAM-DATE-TIME, RFC 8216, 4.3.2.6),
 * so that a break in the recording moves nothing.
 *
 * @param playlist text of a media playlist
 */
export function pieces(playlist: string): Piece[] {
  const found: Piece[] = []
  let startS = 0
  let fromMs: number | null = null
  let lengthS = 0
  for (const line of playlist.split('\n')) {
    if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) fromMs = Date.parse(line.slice(25))
    else if (line.startsWith('#EXTINF:')) lengthS = Number.parseFloat(line.slice(8))
    else if (line && !line.startsWith('#')) {
      if (fromMs !== null) found.push({ fromMs, startS, lengthS })
      startS += lengthS
      fromMs = null
    }
  }
  return found
}

/**
 * Seconds from the start of a recording to a moment; null: nothing was recorded.
 *
 * A moment within a break leads to what comes after it; one outside of the recording to its start or
 * its last segment.
 */
export function positionIn(recorded: readonly Piece[], atMs: number): number | null {
  const found = recorded.find(({ fromMs, lengthS }) => atMs < fromMs + lengthS * 1000)
  if (found) return found.startS + Math.max(0, (atMs - found.fromMs) / 1000)
  return recorded[recorded.length - 1]?.startS ?? null
}

/** The moment that is so many seconds from the start; beyond the end, the end; null: there is none. */
export function momentIn(recorded: readonly Piece[], positionS: number): number | null {
  let found = recorded[0]
  if (!found) return null
  for (const piece of recorded) if (piece.startS <= positionS) found = piece
  return found.fromMs + Math.round(Math.min(Math.max(0, positionS - found.startS), found.lengthS) * 1000)
}

/** Seconds of it all. */
export function lengthOf(recorded: readonly Piece[]): number {
  const last = recorded[recorded.length - 1]
  return last ? last.startS + last.lengthS : 0
}

/** `positionIn` for whoever has the playlist's text alone. */
export function positionAt(playlist: string, atMs: number): number | null {
  return positionIn(pieces(playlist), atMs)
}
