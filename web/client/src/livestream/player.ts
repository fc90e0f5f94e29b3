/** Plays the programme: low-latency HLS by hls.js, native HLS where there is no Media Source. */

import type HlsType from 'hls.js/light'
import { soundOf } from './addresses'
import { catchUpRate, Caution } from './catchup'
import { levelFor, type Choice } from './choice'
import { library, playsBySource } from './library'
import { shownAtMs } from './shown'
import { WeakLine } from './weakline'

/** Farther behind the edge than this, in segments: jump rather than catch up. */
const JUMP_BEYOND_SEGMENTS = 6
const RETRY_MS = 2_000
const LOOK_EVERY_MS = 250
/** A gap shorter than this is not worth a word. */
const STALL_AFTER_MS = 1_500
/** bit/s until the line is measured: most begin with the large picture, and come down if need be. */
const FIRST_ESTIMATE = 5_000_000
/** A rendition that failed, say while the service started anew, is taken again after this. */
const FAILED_FOR_MS = 20_000

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

/** What the player tells. */
export interface Told {
  playing: Playing
  /** Without pictures because the line is too weak for them; not because it was chosen so. */
  weak: boolean
}

export class Player {
  /** The stream itself stands still: not the line's fault. */
  interrupted = false
  readonly #video: HTMLVideoElement
  readonly #on: (told: Told) => void
  #choice: Choice
  #weak = new WeakLine()
  #caution = new Caution()
  #lookedMs = performance.now()
  #hls: HlsType | null = null
  #source: Source | null = null
  #retry: number | undefined
  #shownS = 0
  /** When the picture last moved; 0: it has not begun. */
  #movedMs = 0
  readonly #looking: number
  #generation = 0

  constructor(video: HTMLVideoElement, on: (told: Told) => void, choice: Choice = 'auto') {
    this.#video = video
    this.#on = on
    this.#choice = choice
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

  /** Load so much of it from now on; where it plays stays the same. */
  async choose(choice: Choice): Promise<void> {
    const sound = this.#sound
    this.#choice = choice
    this.#weak.pictures()
    if (this.#sound !== sound) await this.#reload()
    else if (this.#hls) this.#setLevel(this.#hls)
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

  /** Without pictures, by choice or by need. */
  get #sound(): boolean {
    return this.#choice === 'sound' || this.#weak.soundOnly
  }

  #tell(playing: Playing): void {
    this.#on({ playing, weak: this.#weak.soundOnly && this.#choice !== 'sound' })
  }

  #look(): void {
    const { currentTime, paused, readyState } = this.#video
    const now = performance.now()
    const passedMs = now - this.#lookedMs
    this.#lookedMs = now
    if (!this.#source || paused) return
    this.#catchUp()
    const moves = currentTime !== this.#shownS && readyState > 2
    if (moves) {
      this.#shownS = currentTime
      this.#movedMs = now
      this.#tell('playing')
    } else if (this.#movedMs && now - this.#movedMs > STALL_AFTER_MS) this.#tell('stalled')
    // A page that was asleep looks late: what it missed says nothing of the line.
    const awake = passedMs < 4 * LOOK_EVERY_MS
    const byLine = this.#choice === 'auto' || this.#choice === 'save'
    if (byLine && awake && !this.interrupted && this.#weak.look(passedMs, moves)) void this.#reload()
  }

  /** The same place, with pictures or without. */
  async #reload(): Promise<void> {
    const source = this.#keepPlace()
    this.#unload()
    if (source) await this.#load(source)
  }

  /** What is loaded next begins where this one is. */
  #keepPlace(): Source | null {
    if (this.#source && !this.#source.live && this.#movedMs) {
      this.#source = { ...this.#source, startS: this.#video.currentTime }
    }
    return this.#source
  }

  #setLevel(hls: HlsType): void {
    hls.loadLevel = levelFor(
      this.#choice,
      hls.levels.map((level) => level.height),
    )
  }

  #catchUp(): void {
    const hls = this.#hls
    const aim = hls?.targetLatency
    if (!hls || aim == null || !this.#source?.live) return
    const { buffered, currentTime, playbackRate } = this.#video
    const ahead = buffered.length ? buffered.end(buffered.length - 1) - currentTime : 0
    const behind = hls.latency - aim - this.#caution.extraS(performance.now())
    const rate = catchUpRate(behind, ahead, playbackRate)
    if (rate !== playbackRate) this.#video.playbackRate = rate
  }

  async #load(source: Source): Promise<void> {
    const generation = this.#generation
    this.#movedMs = 0
    this.#tell('loading')
    const url = (this.#sound && soundOf(source.url)) || source.url
    let Hls
    try {
      Hls = playsBySource() ? await library() : null
    } catch {
      if (generation === this.#generation) this.#again() // the network went away meanwhile
      return
    }
    if (generation !== this.#generation) return // another source came while the library did
    if (!Hls?.isSupported()) {
      await this.#loadNative(url)
      return
    }
    const hls = new Hls({
      lowLatencyMode: source.live,
      liveSyncOnStallIncrease: 0, // `Caution` keeps the distance
      startPosition: source.live ? -1 : (source.startS ?? 0), // -1: at the edge, PART-HOLD-BACK of the playlist behind
      backBufferLength: 30, // seconds; phones have little memory
      abrEwmaDefaultEstimate: FIRST_ESTIMATE,
      errorPenaltyExpireMs: FAILED_FOR_MS,
      testBandwidth: false, // it would load a segment for that alone before the first picture
      // Looking into five boxes a second is no work; starting a worker, which reads the library again, is.
      enableWorker: false,
      startOnSegmentBoundary: source.live, // where a picture can be shown at once; then it catches up
    })
    // Set afterwards: given to the constructor, it would ask for a hold-back of ours instead of the
    // playlist's.
    if (source.live) hls.config.liveMaxLatencyDurationCount = JUMP_BEYOND_SEGMENTS
    this.#hls = hls
    let mended = 0
    hls.on(Hls.Events.ERROR, (_, data) => {
      if (data.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR && this.#movedMs) {
        this.#caution.stalled(performance.now())
      }
      if (!data.fatal) return
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && mended < 2) {
        mended += 1
        hls.recoverMediaError()
      } else this.#again()
    })
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      if (this.#choice !== 'auto') this.#setLevel(hls)
    })
    // Each time: when it takes another decoder, which it may do unasked, the video is paused.
    hls.on(Hls.Events.MEDIA_ATTACHED, () => void this.#start())
    // It would go there with its next tick, or when the segment's other parts have come too.
    if (source.live) hls.on(Hls.Events.BUFFER_APPENDED, () => this.#toBuffered())
    hls.loadSource(url)
    hls.attachMedia(this.#video)
  }

  async #loadNative(url: string): Promise<void> {
    if (!this.#video.canPlayType('application/vnd.apple.mpegurl')) {
      this.#tell('unsupported')
      return
    }
    this.#video.src = url // it changes between renditions by itself
    this.#video.addEventListener('error', this.#again, { once: true })
    this.#video.addEventListener('loadedmetadata', this.#toStart, { once: true })
    await this.#start()
  }

  #toBuffered(): void {
    const { buffered, currentTime } = this.#video
    if (this.#movedMs || !buffered.length) return
    if (currentTime < buffered.start(0)) this.#video.currentTime = buffered.start(0)
  }

  readonly #again = () => {
    const source = this.#keepPlace()
    if (!source) return
    this.#tell('loading')
    this.#unload()
    this.#retry = window.setTimeout(() => void this.#load(source), RETRY_MS)
  }

  /** A playlist that came to its end is not asked for again, but a live source may go on. */
  readonly #ended = () => {
    if (this.#source?.live) this.#again()
  }

  /** Browsers begin a recording that still grows at its end. */
  readonly #toStart = () => {
    if (!this.#source || this.#source.live) return
    const startS = this.#source.startS ?? 0
    if (this.#video.currentTime !== startS) this.#video.currentTime = startS
  }

  async #start(): Promise<void> {
    try {
      await this.#video.play()
    } catch (error) {
      if ((error as DOMException).name !== 'NotAllowedError') return // replaced by a newer load
      if (this.#video.muted) this.#tell('needs_tap')
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
