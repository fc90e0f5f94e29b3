/**
 * Which playlist is beside which, in a livestream's folder. Pure.
 *
 * The service tells two: `programme.m3u8` at the live edge, `whole.m3u8` from the beginning. Both list
 * renditions, whose own playlists are beside them (media/programme/renditions.py).
 */

const SOUND: Readonly<Record<string, string>> = {
  'programme.m3u8': 'live-sound.m3u8',
  'whole.m3u8': 'recording-sound.m3u8',
}
const SEGMENTS: Readonly<Record<string, string>> = {
  'programme.m3u8': 'live.m3u8',
  'whole.m3u8': 'recording.m3u8',
}

/** The same with sound alone; null: there is none known. */
export function soundOf(url: string): string | null {
  return beside(url, SOUND)
}

/** A playlist that lists segments, for whoever looks for a moment; the same if it does already. */
export function segmentsOf(url: string): string {
  return beside(url, SEGMENTS) ?? url
}

function beside(url: string, names: Readonly<Record<string, string>>): string | null {
  const cut = url.lastIndexOf('/') + 1
  const name = names[url.slice(cut)]
  return name ? url.slice(0, cut) + name : null
}
