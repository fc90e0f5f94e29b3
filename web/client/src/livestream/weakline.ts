/**
 * When a line is too weak for pictures, and when to try them again. Pure: time is told.
 *
 * The small rendition is the last that hls.js comes down to. What still stands still then gives up
 * its pictures: sound alone takes a tenth of the line, and is what a meeting can't do without.
 */

/** Milliseconds of standing still, of late, that are borne. */
const GIVE_UP_MS = 5_000
/** What plays makes up for what stood still, this much slower: five seconds in a minute are too many. */
const FORGIVEN_PER_MS = 0.1
/** Sound alone for so long, then pictures are tried; doubled each time that was in vain. */
const FIRST_TRY_MS = 20_000
const LAST_TRY_MS = 320_000
/** Pictures that held for so long were not in vain. */
const HELD_MS = 60_000

export class WeakLine {
  /** Pictures are given up for now. */
  soundOnly = false
  #standingMs = 0
  #waitMs = FIRST_TRY_MS
  /** Milliseconds since it last changed. */
  #sinceMs = 0

  /**
   * Take a look.
   *
   * @param passedMs since the last one
   * @param moves what should play does
   * @returns whether `soundOnly` changed
   */
  look(passedMs: number, moves: boolean): boolean {
    this.#sinceMs += passedMs
    if (this.soundOnly) {
      if (this.#sinceMs < this.#waitMs || !moves) return false
      this.pictures()
      return true
    }
    if (this.#sinceMs > HELD_MS) this.#waitMs = FIRST_TRY_MS
    this.#standingMs = moves
      ? Math.max(0, this.#standingMs - passedMs * FORGIVEN_PER_MS)
      : this.#standingMs + passedMs
    if (this.#standingMs <= GIVE_UP_MS) return false
    this.soundOnly = true
    this.#sinceMs = 0
    return true
  }

  /** Try pictures now: the wait is over, or the viewer wants them. */
  pictures(): void {
    if (!this.soundOnly) return
    this.soundOnly = false
    this.#sinceMs = 0
    this.#standingMs = 0
    this.#waitMs = Math.min(LAST_TRY_MS, this.#waitMs * 2)
  }
}
