/** Loudness of a microphone, for a meter. */

const EVERY_MS = 80

/**
 * @param heard told the level, 0 (silence) to 1 (full scale), about twelve times a second
 * @returns what ends it
 */
export function meter(track: MediaStreamTrack, heard: (level: number) => void): () => void {
  const context = new AudioContext()
  const source = context.createMediaStreamSource(new MediaStream([track]))
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const samples = new Uint8Array(analyser.fftSize) // not Float32: old Safari lacks it here
  const timer = window.setInterval(() => {
    analyser.getByteTimeDomainData(samples)
    heard(level(samples))
  }, EVERY_MS)
  return () => {
    window.clearInterval(timer)
    source.disconnect()
    void context.close()
  }
}

/**
 * Root mean square on a scale that the eye reads as loudness.
 *
 * @param samples unsigned bytes around 128
 */
export function level(samples: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < samples.length; i += 1) sum += (((samples[i] ?? 128) - 128) / 128) ** 2
  const rms = Math.sqrt(sum / Math.max(1, samples.length))
  if (rms < 0.001) return 0
  // -60 dB is a quiet room, 0 dB full scale
  return Math.min(1, Math.max(0, 1 + (20 * Math.log10(rms)) / 60))
}
