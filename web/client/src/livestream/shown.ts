/**
 * The moment that a viewer sees, by the wall clock. Pure.
 *
 * The service writes it into every segment (EXT-X-PROGRAM-DATE-TIME, RFC 8216, 4.3.2.6), so it is
 * right whatever the delay, and whatever clock the viewer's machine has.
 */

/** What of hls.js is asked; `Hls` fits. */
export interface Dated {
  /** Wall clock of the picture at the playing position; null: not known yet. */
  readonly playingDate: Date | null
}

/** What of a video element is asked. */
export interface Timed {
  /** Seconds of the stream. */
  readonly currentTime: number
  /** Native HLS alone: wall clock of second nought, an invalid date if the stream tells none. */
  getStartDate?(): Date
}

/**
 * Wall clock of the picture that is shown, milliseconds; null: nothing is shown, or it has no time.
 *
 * @param hls plays through Media Source; null: the browser plays by itself
 */
export function shownAtMs(hls: Dated | null, video: Timed): number | null {
  const ms = hls
    ? hls.playingDate?.getTime()
    : (video.getStartDate?.().getTime() ?? NaN) + video.currentTime * 1_000
  return ms != null && Number.isFinite(ms) ? Math.round(ms) : null
}
