/**
 * Whether what lies over a picture is shown: while somebody moves there, and not while they look.
 *
 * A first touch only shows it: nobody presses what can't be seen.
 */

/** Milliseconds without a movement after which it goes. */
export const AWAKE_MS = 3_000

export class Awake {
  readonly #on: (awake: boolean) => void
  #awake = true
  #held = false
  #showing = false
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param on is told each change; it begins shown, until the first movement is over */
  constructor(on: (awake: boolean) => void) {
    this.#on = on
  }

  /** Something moved: shown for a while. */
  moved(): void {
    this.#set(true)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.left(), AWAKE_MS)
  }

  /** The mouse went elsewhere. */
  left(): void {
    if (this.#held) return
    clearTimeout(this.#timer)
    this.#set(false)
  }

  /**
   * A finger or a mouse's button came down.
   *
   * @param touch by a finger, which can't hover before
   * @param control on something to press, not on the picture
   */
  pressed(touch: boolean, control: boolean): void {
    this.#showing = touch && !this.#awake
    if (touch && this.#awake && !control) this.left()
    else this.moved()
  }

  /** Whether the click of the last press did nothing but show it. Asked once for each click. */
  onlyShown(): boolean {
    const showing = this.#showing
    this.#showing = false
    return showing
  }

  /** Shown as long as this holds: the keyboard is in it. */
  hold(held: boolean): void {
    if (!held && !this.#held) return
    this.#held = held
    this.moved()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #set(awake: boolean): void {
    if (awake === this.#awake) return
    this.#awake = awake
    this.#on(awake)
  }
}
