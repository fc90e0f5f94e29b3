/** The one place that says how a peer connection is configured. */

import type { IceServer } from '../wire/generated'

export type { IceServer }

/** Never a server that the service did not name: a bare configuration would be the browser's choice. */
export function rtcConfiguration(servers: readonly IceServer[]): RTCConfiguration {
  return {
    iceServers: servers.map(({ urls, username, credential }) =>
      username ? { urls: [...urls], username, credential } : { urls: [...urls] },
    ),
    bundlePolicy: 'max-bundle',
    rtcpMuxPolicy: 'require',
  }
}
