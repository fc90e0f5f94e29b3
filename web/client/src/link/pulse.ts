/**
 * Tells when packets that came steadily have stopped.
 *
 * ICE says `disconnected` after some seconds (Chromium 2.5, Firefox 5), which is long to look at a
 * frozen face. Packets that are missing for QUIET_MS, after they came at every look, are a change of
 * network, or whoever sent has stopped: a new path costs little and harms nothing, so it is not
 * asked which.
 */

import type { After } from './watch'

const LOOK_EVERY_MS = 200
const STEADY_LOOKS = 3
const QUIET_MS = 600

/**
 * @param count something that changes with every packet
 * @param quiet told once for every stop
 * @returns what ends it
 */
export function pulse(count: () => Promise<number>, after: After, quiet: () => void): () => void {
  let over = false
  let cancel: (() => void) | null = null
  let before = -1
  let steady = 0
  let still = 0

  const look = async () => {
    const now = await count().catch(() => before)
    if (over) return
    if (now !== before) {
      steady += 1
      still = 0
    } else {
      still += 1
      if (still * LOOK_EVERY_MS >= QUIET_MS) {
        if (steady >= STEADY_LOOKS) quiet()
        steady = 0
      }
    }
    before = now
    if (!over) cancel = after(LOOK_EVERY_MS, () => void look())
  }
  cancel = after(LOOK_EVERY_MS, () => void look())
  return () => {
    over = true
    cancel?.()
  }
}

/** Bytes received over the paths in use (W3C webrtc-stats, candidate-pair). */
export async function bytesReceived(peer: Pick<RTCPeerConnection, 'getStats'>): Promise<number> {
  let sum = 0
  for (const one of (await peer.getStats()).values()) {
    const { type, bytesReceived } = one as { type: string; bytesReceived?: number }
    if (type === 'candidate-pair') sum += bytesReceived ?? 0
  }
  return sum
}
