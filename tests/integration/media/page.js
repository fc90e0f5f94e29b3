// What a page of ours does with WebRTC, reduced: no server, the test carries the descriptions.
const make = () => new RTCPeerConnection({ iceServers: [] })

window.links = {}

const LAYERS = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
]

// One link that sends the fake camera and microphone; `codec` is the only one offered for pictures;
// in three sizes if `layers` says so.
window.publish = async (name, codec, layers) => {
  const pc = make()
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: layers ? { width: 1280, height: 720 } : { width: 640, height: 360 },
  })
  window.links[name] = { pc, stream }
  for (const track of stream.getTracks()) {
    const line = pc.addTransceiver(track, {
      direction: 'sendonly',
      streams: [stream],
      ...(layers && track.kind === 'video' ? { sendEncodings: LAYERS } : {}),
    })
    if (track.kind === 'video') {
      const wanted = new RegExp(`/(${codec}|rtx)$`, 'i')
      const all = RTCRtpSender.getCapabilities('video').codecs
      line.setCodecPreferences(all.filter((c) => wanted.test(c.mimeType)))
    }
  }
  await pc.setLocalDescription()
  return pc.localDescription.sdp
}

window.accept = (name, sdp) => window.links[name].pc.setRemoteDescription({ type: 'answer', sdp })

window.stopPicture = async (name) => {
  const { pc } = window.links[name]
  pc.getTransceivers()
    .find((line) => line.sender.track?.kind === 'video')
    .stop()
  await pc.setLocalDescription()
  return pc.localDescription.sdp
}

window.addPicture = async (name) => {
  const { pc, stream } = window.links[name]
  pc.addTransceiver(stream.getVideoTracks()[0].clone(), { direction: 'sendonly', streams: [stream] })
  await pc.setLocalDescription()
  return pc.localDescription.sdp
}

window.restart = async (name) => {
  const { pc } = window.links[name]
  pc.restartIce()
  await pc.setLocalDescription()
  return pc.localDescription.sdp
}

// One link that receives; every stream is played, or nothing would be decoded.
window.answer = async (name, sdp) => {
  if (!window.links[name]) {
    const pc = make()
    window.links[name] = { pc, streams: {} }
    pc.ontrack = ({ track, streams }) => {
      const element = document.createElement(track.kind)
      element.srcObject = new MediaStream([track])
      element.autoplay = true
      document.body.append(element)
      window.links[name].streams[track.id] = streams[0]?.id
    }
  }
  const { pc } = window.links[name]
  await pc.setRemoteDescription({ type: 'offer', sdp })
  await pc.setLocalDescription()
  return pc.localDescription.sdp
}

window.close_ = (name) => {
  window.links[name].pc.close()
}

// What arrived on a link, summed over its streams of each kind.
window.received = async (name) => {
  const { pc, streams } = window.links[name]
  const sums = { frames: 0, freezes: 0, lost: 0, packets: { audio: 0, video: 0 }, energy: 0 }
  for (const entry of (await pc.getStats()).values()) {
    if (entry.type !== 'inbound-rtp') continue
    sums.packets[entry.kind] += entry.packetsReceived
    sums.frames += entry.framesDecoded ?? 0
    sums.freezes += entry.freezeCount ?? 0
    sums.lost += entry.packetsLost
    sums.energy += entry.totalAudioEnergy ?? 0
  }
  return { ...sums, persons: [...new Set(Object.values(streams))].sort(), state: pc.connectionState }
}

// What the browser takes the line of a sending link to carry, bit/s.
window.available = async (name) => {
  for (const entry of (await window.links[name].pc.getStats()).values())
    if (entry.type === 'candidate-pair' && entry.nominated) return entry.availableOutgoingBitrate ?? 0
  return 0
}

// The ICE user names in use: they change with a restart.
window.ufrags = (name) => {
  const { pc } = window.links[name]
  const of = (description) => /a=ice-ufrag:(\S+)/.exec(description.sdp)[1]
  return [of(pc.localDescription), of(pc.remoteDescription)]
}
