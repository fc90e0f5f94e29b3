/**
 * Which pictures of others are on this screen, and how large: the service sends nothing else, and
 * nothing larger. Told anew when that changes, at most once in GATHER_MS.
 */

import type { ShownPicture } from '../wire/generated'
import type { Received } from './subscriber'
import type { After } from './watch'

/** A change is told this late, so that a page that is laid out anew says it once. */
const SOON_MS = 40
/** Twice the rate that the service allows would be dropped there; this is well below. */
const GATHER_MS = 320

export class Shown {
  readonly #after: After
  readonly #tell: (pictures: ShownPicture[]) => void
  readonly #places = new Map<unknown, { track: MediaStreamTrack; height: number }>()
  #received: ReadonlyMap<string, Received> = new Map()
  #hidden = false
  #told = ''
  #waiting = false
  #resting = false

  constructor(after: After, tell: (pictures: ShownPicture[]) => void) {
    this.#after = after
    this.#tell = tell
  }

  /**
   * A track has a place on the page.
   *
   * @param place whatever stands for it, always the same
   * @param height pixels of the screen; 0: scrolled out of sight
   */
  put(place: unknown, track: MediaStreamTrack, height: number): void {
    this.#places.set(place, { track, height })
    this.#changed()
  }

  remove(place: unknown): void {
    if (this.#places.delete(place)) this.#changed()
  }

  /** Whose the tracks are. */
  received(received: ReadonlyMap<string, Received>): void {
    this.#received = received
    this.#changed()
  }

  /** The page lies behind others: nothing of it is seen. */
  hide(hidden: boolean): void {
    this.#hidden = hidden
    this.#changed()
  }

  #changed(): void {
    if (this.#waiting || this.#resting) {
      this.#waiting = true
      return
    }
    this.#waiting = true
    this.#after(SOON_MS, () => this.#look())
  }

  #look(): void {
    this.#waiting = false
    const pictures = this.#hidden ? [] : picturesOf(this.#places.values(), this.#received)
    const text = JSON.stringify(pictures)
    if (text === this.#told) return
    this.#told = text
    this.#tell(pictures)
    this.#resting = true
    this.#after(GATHER_MS, () => {
      this.#resting = false
      if (this.#waiting) this.#look()
    })
  }
}

/** Tracks that are not received, such as the own, are left out; of several places the largest counts. */
export function picturesOf(
  places: Iterable<{ track: MediaStreamTrack; height: number }>,
  received: ReadonlyMap<string, Received>,
): ShownPicture[] {
  const heights = new Map<MediaStreamTrack, number>()
  for (const { track, height } of places)
    heights.set(track, Math.max(heights.get(track) ?? 0, Math.round(height)))
  const found: ShownPicture[] = []
  for (const [person, tracks] of received)
    for (const [kind, track] of Object.entries(tracks) as [string, MediaStreamTrack | null][]) {
      const height = track ? (heights.get(track) ?? 0) : 0
      if ((kind === 'picture' || kind === 'screen') && height > 0)
        found.push({ person, kind, height })
    }
  return found
}
