// A person's two links, reduced: no server, the test carries the descriptions. What the service's own
// client does against losses is its own code (parts.ts). What arrives is read
// every SAMPLE_MS, so that a run can be looked at second by second afterwards.
const SAMPLE_MS = 100
const SAMPLES_MAX = 3000 // five minutes

window.configuration = { iceServers: [], bundlePolicy: 'max-bundle' }
window.samples = []

// The fake camera (or Firefox's) and microphone. `layers`: as the service's own client sends.
window.publish = async (layers) => {
  const pc = (window.pub = new RTCPeerConnection(window.configuration))
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 640, height: 480 },
  })
  const [sound] = stream.getAudioTracks()
  const [picture] = stream.getVideoTracks()
  window.preferRedundant(pc.addTransceiver(sound, { direction: 'sendonly', streams: [stream] }))
  pc.addTransceiver(picture, { direction: 'sendonly', streams: [stream], sendEncodings: layers })
  await pc.setLocalDescription()
  return pc.localDescription.sdp
}

window.accept = (sdp) => window.pub.setRemoteDescription({ type: 'answer', sdp })

window.restart = async () => {
  window.pub.restartIce()
  await window.pub.setLocalDescription()
  return window.pub.localDescription.sdp
}

// Every stream is played, or nothing would be decoded.
window.answer = async (sdp) => {
  if (!window.sub) {
    window.sub = new RTCPeerConnection(window.configuration)
    window.sub.ontrack = ({ track }) => {
      const element = document.createElement(track.kind)
      element.srcObject = new MediaStream([track])
      element.autoplay = true
      document.body.append(element)
    }
    setInterval(sample, SAMPLE_MS)
    window.cushion(window.sub, (ms, run) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    })
  }
  await window.sub.setRemoteDescription({ type: 'offer', sdp })
  await window.sub.setLocalDescription()
  return window.sub.localDescription.sdp
}

// How a link reaches the service: "host", "relay udp", "relay tcp", "relay tls" ...
window.way = async (link) => {
  const all = await window[link].getStats()
  for (const one of all.values()) {
    if (one.type !== 'transport' || !one.selectedCandidatePairId) continue
    const { candidateType, relayProtocol } = all.get(all.get(one.selectedCandidatePairId).localCandidateId)
    return relayProtocol ? `${candidateType} ${relayProtocol}` : candidateType
  }
  return ''
}

// The first thing that these servers give: "relay", or the code of their refusal (RFC 8656).
window.gather = async (iceServers) => {
  const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' })
  const first = new Promise((resolve) => {
    pc.onicecandidate = ({ candidate }) => candidate && resolve(candidate.type)
    // 701: not reached from one of the addresses (W3C webrtc-pc, 4.8.1.3); another may.
    pc.onicecandidateerror = ({ errorCode }) => errorCode !== 701 && resolve(`${errorCode}`)
  })
  pc.addTransceiver('audio')
  await pc.setLocalDescription()
  const found = await first
  pc.close()
  return found
}

// W3C webrtc-stats, summed over what arrives; `at_s` is the machine's wall clock.
const sample = async () => {
  const now = { at_s: Date.now() / 1000, frames: 0, frozen_s: 0, freezes: 0, samples: 0, concealed: 0 }
  now.width = 0
  now.bytes = 0
  for (const one of (await window.sub.getStats()).values()) {
    if (one.type !== 'inbound-rtp') continue
    now.bytes += one.bytesReceived
    if (one.kind === 'video') {
      now.frames += one.framesDecoded ?? 0
      now.frozen_s += one.totalFreezesDuration ?? 0
      now.freezes += one.freezeCount ?? 0
      now.width = Math.max(now.width, one.frameWidth ?? 0)
    } else {
      now.samples += one.totalSamplesReceived ?? 0
      now.concealed += one.concealedSamples ?? 0
    }
  }
  window.samples.push(now)
  if (window.samples.length > SAMPLES_MAX) window.samples.shift()
}
