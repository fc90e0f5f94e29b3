/**
 * Plays the programme: low-latency HLS by hls.js, native HLS where there is no Media Source.
 *
 * hls.js is fetched only here and only when needed (it is four times the rest of the page).
 */

import type HlsType from 'hls.js/light'
import { catchUpRate } from './catchup'
import { shownAtMs } from './shown'

/** Farther behind the edge than this, in segments: jump rather than catch up. */
const JUMP_BEYOND_SEGMENTS = 6
/** Farther from the edge by this after each stall, in seconds; hls.js would take a whole second. */
const STALL_STEP_S = 0.2
const RETRY_MS = 2_000
const LOOK_EVERY_MS = 250
/** A gap shorter than this is not worth a word. */
const STALL_AFTER_MS = 1_500

export type Playing =
  | 'loading'
  | 'playing'
  /** The browser wants a tap before it plays, even without sound. */
  | 'needs_tap'
  /** Data does not come fast enough. */
  | 'stalled'
  | 'unsupported'

export interface Source {
  url: string
  /** At the live edge, or a recording. */
  live: boolean
  /** Where a recording begins, seconds; its start if nothing is said. */
  startS?: number
}

export class Player {
  readonly #video: HTMLVideoElement
  readonly #on: (playing: Playing) => void
  #hls: HlsType | null = null
  #source: Source | null = null
  #retry: number | undefined
  #shownS = 0
  /** When the picture last moved; 0: it has not begun. */
  #movedMs = 0
  readonly #looking: number
  #generation = 0

  constructor(video: HTMLVideoElement, on: (playing: Playing) => void) {
    this.#video = video
    this.#on = on
    video.addEventListener('ended', this.#ended)
    // By the clock, not by `waiting` and `playing`: seeks over small gaps fire both without playing.
    this.#looking = window.setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  /** Play this; the same source again changes nothing. */
  async play(source: Source | null): Promise<void> {
    if (source?.url === this.#source?.url && source?.live === this.#source?.live) return
    this.#unload()
    this.#source = source
    if (source) await this.#load(source)
  }

  /** From a tap: browsers then allow playing, and sound. */
  async tapped(): Promise<void> {
    this.toEdge()
    await this.#start()
  }

  /** After a pause or a locked phone: forward to what happens now. */
  toEdge(): void {
    const edge = this.#hls?.liveSyncPosition
    if (this.#source?.live && edge != null && edge - this.#video.currentTime > 3) {
      this.#video.currentTime = edge
    }
  }

  /** Go to another place of the recording, seconds, and play; before it is loaded it begins there. */
  jump(seconds: number): void {
    if (!this.#source || this.#source.live) return
    this.#source.startS = seconds
    if (!this.#video.readyState) return
    this.#video.currentTime = seconds
    void this.#start()
  }

  /** Wall clock of the picture that the viewer sees, milliseconds; null: none, or it has no time. */
  shownAtMs(): number | null {
    return this.#movedMs ? shownAtMs(this.#hls, this.#video) : null
  }

  close(): void {
    this.#unload()
    this.#source = null
    this.#video.removeEventListener('ended', this.#ended)
    window.clearInterval(this.#looking)
  }

  #look(): void {
    const { currentTime, paused, readyState } = this.#video
    if (!this.#source || paused) return
    this.#catchUp()
    const now = performance.now()
    if (currentTime !== this.#shownS && readyState > 2) {
      this.#shownS = currentTime
      this.#movedMs = now
      this.#on('playing')
    } else if (this.#movedMs && now - this.#movedMs > STALL_AFTER_MS) this.#on('stalled')
  }

  #catchUp(): void {
    const hls = this.#hls
    const aim = hls?.targetLatency
    if (!hls || aim == null || !this.#source?.live) return
    const { buffered, currentTime, playbackRate } = this.#video
    const ahead = buffered.length ? buffered.end(buffered.length - 1) - currentTime : 0
    const rate = catchUpRate(hls.latency - aim, ahead, playbackRate)
    if (rate !== playbackRate) this.#video.playbackRate = rate
  }

  async #load(source: Source): Promise<void> {
    const generation = this.#generation
    this.#movedMs = 0
    this.#on('loading')
    let Hls
    try {
      Hls = (await import('hls.js/light')).default
    } catch {
      if (generation === this.#generation) this.#again() // the network went away meanwhile
      return
    }
    if (generation !== this.#generation) return // another source came while the library did
    if (!Hls.isSupported()) {
      if (!this.#video.canPlayType('application/vnd.apple.mpegurl')) {
        this.#on('unsupported')
        return
      }
      this.#video.src = source.url
      this.#video.addEventListener('error', this.#again, { once: true })
      this.#video.addEventListener('loadedmetadata', this.#toStart, { once: true })
      await this.#start()
      return
    }
    const hls = new Hls({
      lowLatencyMode: source.live,
      liveSyncOnStallIncrease: STALL_STEP_S,
      startPosition: source.live ? -1 : (source.startS ?? 0), // -1: at the edge, PART-HOLD-BACK of the playlist behind
      backBufferLength: 30, // seconds; phones have little memory
    })
    // Set afterwards: given to the constructor, it would ask for a hold-back of ours instead of the
    // playlist's.
    if (source.live) hls.config.liveMaxLatencyDurationCount = JUMP_BEYOND_SEGMENTS
    this.#hls = hls
    let mended = 0
    hls.on(Hls.Events.ERROR, (_, data) => {
      if (!data.fatal) return
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && mended < 2) {
        mended += 1
        hls.recoverMediaError()
        void this.#start() // it took the media off for a moment, which pauses
      } else this.#again()
    })
    hls.on(Hls.Events.MANIFEST_PARSED, () => void this.#start())
    hls.loadSource(source.url)
    hls.attachMedia(this.#video)
  }

  readonly #again = () => {
    const source = this.#source
    if (!source) return
    this.#on('loading')
    this.#unload()
    this.#retry = window.setTimeout(() => void this.#load(source), RETRY_MS)
  }

  /** A playlist that came to its end is not asked for again, but a live source may go on. */
  readonly #ended = () => {
    if (this.#source?.live) this.#again()
  }

  readonly #toStart = () => {
    if (this.#source?.startS) this.#video.currentTime = this.#source.startS
  }

  async #start(): Promise<void> {
    try {
      await this.#video.play()
    } catch (error) {
      if ((error as DOMException).name !== 'NotAllowedError') return // replaced by a newer load
      if (this.#video.muted) this.#on('needs_tap')
      else {
        // With sound refused: without is better than a still picture. The page offers the sound.
        this.#video.muted = true
        await this.#start()
      }
    }
  }

  #unload(): void {
    this.#generation += 1
    window.clearTimeout(this.#retry)
    this.#hls?.destroy()
    this.#hls = null
    this.#video.removeEventListener('error', this.#again)
    this.#video.removeEventListener('loadedmetadata', this.#toStart)
    this.#video.removeAttribute('src')
    this.#video.load()
  }
}
