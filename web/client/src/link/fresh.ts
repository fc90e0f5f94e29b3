/**
 * Peer connections that begin with the addresses that the machine has now.
 *
 * Chromium tells a page of a change of network two seconds late, and a connection made meanwhile
 * begins with the addresses of before. For a new frame it reads them anew, so a connection that is
 * made after a break has a frame of its own, empty and unseen. What it receives is played by the
 * page, and what it sends is the page's.
 */

export interface Made {
  peer: RTCPeerConnection
  /** Close it; nothing is left of it. */
  end(): void
}

/** @param fresh after a break: the addresses may be other ones */
export function connection(configuration: RTCConfiguration, fresh: boolean): Made {
  const frame = fresh && isLate() ? document.createElement('iframe') : null
  if (frame) {
    frame.hidden = true
    document.body.append(frame)
  }
  const own = frame?.contentWindow as (Window & typeof globalThis) | null | undefined
  const peer = new (own?.RTCPeerConnection ?? RTCPeerConnection)(configuration)
  return {
    peer,
    end() {
      peer.close()
      // What was asked of a connection whose frame is gone is never answered; this is asked last.
      if (frame)
        void peer
          .getStats()
          .catch(() => null)
          .then(() => frame.remove())
    },
  }
}

/** Whether this browser is one of those that hear of other addresses late: Chromium and its kin. */
function isLate(): boolean {
  return 'userAgentData' in navigator
}
