/** The questions that a check before the meeting asks of the browser and of the service. */

import { deviceProblem, openCamera, openMicrophone, type DeviceProblem } from '../link/devices'
import { rtcConfiguration, type IceServer } from '../link/ice'
import { cameraAllowed } from '../stores/secure'
import { nothingYet, rateKbps, type Findings, type Outcome, type Step } from './findings'

const CONNECT_MS = 6_000 // direct paths come up in one second, a relay over TLS in three
const SAMPLE_BYTES = 400_000
const ROUND_TRIPS = 3

/** Asks everything, and tells after each answer how far it has come. */
export async function check(tell: (findings: Findings) => void): Promise<Findings> {
  const found = nothingYet()
  const set = (step: Step, outcome: Outcome) => {
    found.steps[step] = outcome
    tell({ ...found, steps: { ...found.steps } })
  }
  set('secure', cameraAllowed() ? 'good' : 'bad')
  found.camera = await device(() => openCamera(null))
  set('camera', found.camera ? 'bad' : 'good')
  found.microphone = await device(() => openMicrophone(null))
  set('microphone', found.microphone ? 'bad' : 'good')

  const servers = await ways()
  set('socket', servers && (await socket()) ? 'good' : 'bad')
  const direct = connects([]).then((up) => set('direct', up ? 'good' : 'bad'))
  const relays: [Step, RegExp][] = [
    ['relay_udp', /^turn:(?!.*transport=tcp)/],
    ['relay_tcp', /^turn:.*transport=tcp/],
    ['relay_tls', /^turns:/],
  ]
  const relayed = relays.map(async ([step, kind]) => {
    const fit = (servers ?? []).map((one) => ({ ...one, urls: one.urls.filter((url) => kind.test(url)) }))
    const some = fit.filter((one) => one.urls.length)
    set(step, some.length === 0 ? 'off' : (await connects(some)) ? 'good' : 'bad')
  })
  await Promise.all([direct, ...relayed])
  const rate = await measure()
  found.roundTripMs = rate?.roundTripMs ?? null
  found.kbps = rate?.kbps ?? null
  set('rate', rate ? 'good' : 'bad')
  return found
}

async function device(open: () => Promise<MediaStreamTrack>): Promise<DeviceProblem | null> {
  try {
    ;(await open()).stop()
    return null
  } catch (error) {
    return deviceProblem(error)
  }
}

async function ways(): Promise<IceServer[] | null> {
  try {
    const answer = await fetch('/api/check', { cache: 'no-store' })
    return ((await answer.json()) as { ice_servers: IceServer[] }).ice_servers
  } catch {
    return null
  }
}

/** A proxy on the way may let pages through and no sockets. */
function socket(): Promise<boolean> {
  return new Promise((resolve) => {
    const made = new WebSocket(`${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`)
    const end = (opened: boolean) => {
      resolve(opened)
      made.close()
    }
    made.onopen = () => end(true)
    made.onerror = () => end(false)
    window.setTimeout(() => end(false), CONNECT_MS)
  })
}

/** Without servers: straight to the media ports. With some: through them and no other way. */
async function connects(servers: IceServer[]): Promise<boolean> {
  const peer = new RTCPeerConnection({
    ...rtcConfiguration(servers),
    iceTransportPolicy: servers.length ? 'relay' : 'all',
  })
  try {
    peer.addTransceiver('audio', { direction: 'sendonly' })
    const up = new Promise<boolean>((resolve) => {
      peer.addEventListener('connectionstatechange', () => {
        if (peer.connectionState === 'connected') resolve(true)
        if (peer.connectionState === 'failed') resolve(false)
      })
      window.setTimeout(() => resolve(false), CONNECT_MS)
    })
    await peer.setLocalDescription()
    const answer = await fetch('/api/check/offer', {
      method: 'POST',
      body: peer.localDescription?.sdp ?? '',
    })
    if (!answer.ok) return false
    await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
    return await up
  } catch {
    return false
  } finally {
    peer.close()
  }
}

async function measure(): Promise<{ roundTripMs: number; kbps: number } | null> {
  try {
    const trips: number[] = []
    for (let n = 0; n < ROUND_TRIPS; n += 1) {
      const began = performance.now()
      await fetch('/healthz', { cache: 'no-store' })
      trips.push(performance.now() - began)
    }
    const roundTripMs = Math.round(Math.min(...trips))
    let began = performance.now()
    const body = await (await fetch('/api/check/sample', { cache: 'no-store' })).arrayBuffer()
    const down = rateKbps(body.byteLength, performance.now() - began - roundTripMs)
    began = performance.now()
    await fetch('/api/check/sample', { method: 'POST', body: new Uint8Array(SAMPLE_BYTES) })
    const up = rateKbps(SAMPLE_BYTES, performance.now() - began - roundTripMs)
    return { roundTripMs, kbps: Math.min(down, up) }
  } catch {
    return null
  }
}
