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

function session(): Storage | null {
  try {
    return window.sessionStorage
  } catch {
    return null // cookies and storage are switched off
  }
}
