/**
 * hls.js, in a file of its own: it is four times the rest of the page, and only who watches needs it.
 */

import type HlsType from 'hls.js/light'

/** Whether it can play anything here; iPhones before iOS 17.1 have their own player alone. */
export function playsBySource(): boolean {
  return 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis
}

/**
 * The library.
 *
 * @throws TypeError it could not be fetched
 */
export async function library(): Promise<typeof HlsType> {
  return (await import('hls.js/light')).default
}

/** Fetch it for later, say while somebody writes a name: then the picture is there a second sooner. */
export function fetchAhead(): void {
  if (playsBySource()) void library().catch(() => undefined) // asked for again when it is needed
}
