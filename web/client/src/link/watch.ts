/**
 * Tells when a peer connection has been gone too long.
 *
 * `disconnected` comes after seconds of silence, and may heal by itself (a phone that changes cells);
 * after GRACE_MS, or at once on `failed`, something has to be done.
 */

const GRACE_MS = 1_000

export interface Watched {
  readonly iceConnectionState: RTCIceConnectionState
  addEventListener(type: 'iceconnectionstatechange', run: () => void): void
}

export type After = (ms: number, run: () => void) => () => void

/**
 * @param connected told whenever packets flow again
 * @param broken told once for every break
 * @returns what ends the watch
 */
export function watch(
  peer: Watched,
  after: After,
  connected: () => void,
  broken: () => void,
): () => void {
  let cancel: (() => void) | null = null
  let over = false
  const look = () => {
    if (over) return
    cancel?.()
    cancel = null
    switch (peer.iceConnectionState) {
      case 'connected':
      case 'completed':
        connected()
        break
      case 'disconnected':
        cancel = after(GRACE_MS, broken)
        break
      case 'failed':
        broken()
        break
      default:
        break
    }
  }
  peer.addEventListener('iceconnectionstatechange', look)
  return () => {
    over = true
    cancel?.()
  }
}
