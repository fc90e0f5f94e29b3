/** The socket's environment in a browser. */

import type { Environment, Wire } from './socket'

export function browserEnvironment(): Environment {
  return {
    connect: () => {
      const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
      return new WebSocket(`${scheme}//${location.host}/ws`) as unknown as Wire
    },
    nowMs: () => Date.now(),
    random: () => Math.random(),
    after: (ms, run) => {
      const timer = window.setTimeout(run, ms)
      return () => window.clearTimeout(timer)
    },
    store: session(),
    newId: () => {
      // Not randomUUID: on a local network without HTTPS browsers do not have it.
      const bytes = crypto.getRandomValues(new Uint8Array(16))
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    },
  }
}

/** Of the Network Information API; `type` is told on phones alone. */
interface NetworkInformation extends EventTarget {
  readonly type?: string
}

/**
 * Calls back when the device's network is another one, as far as the browser tells.
 *
 * @returns what ends it
 */
export function onNetworkChange(run: () => void): () => void {
  const { connection } = navigator as { connection?: NetworkInformation }
  let type = connection?.type
  const changed = () => {
    if (connection?.type === type) return // an estimate of the same network's rate
    type = connection?.type
    run()
  }
  window.addEventListener('online', run)
  connection?.addEventListener('change', changed)
  return () => {
    window.removeEventListener('online', run)
    connection?.removeEventListener('change', changed)
  }
}

function session(): Storage | null {
  try {
    return window.sessionStorage
  } catch {
    return null // cookies and storage are switched off
  }
}
