// Layers of a picture (simulcast), beside what page.js does.

window.publishLayers = async (name, codec) => {
  const pc = new RTCPeerConnection({ iceServers: [] })
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } })
  window.links[name] = { pc, stream }
  const line = pc.addTransceiver(stream.getVideoTracks()[0], {
    direction: 'sendonly',
    sendEncodings: [
      { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
      { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
      { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
    ],
  })
  const wanted = new RegExp(`/(${codec}|rtx)$`, 'i')
  const all = RTCRtpSender.getCapabilities('video').codecs
  line.setCodecPreferences(all.filter((c) => wanted.test(c.mimeType)))
  await pc.setLocalDescription()
  return pc.localDescription.sdp
}

// Lines of the newest picture, 0 before the first; pictures decoded; freezes.
window.picture = async (name) => {
  for (const entry of (await window.links[name]?.pc.getStats())?.values() ?? [])
    if (entry.type === 'inbound-rtp' && entry.kind === 'video')
      return [entry.frameHeight ?? 0, entry.framesDecoded ?? 0, entry.freezeCount ?? 0]
  return [0, 0, 0]
}

// A picture in one codec and nothing else, and sound with redundancy.
window.publishOther = async (name, codec) => {
  const pc = new RTCPeerConnection({ iceServers: [] })
  const video = { width: 320, height: 180 }
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video })
  window.links[name] = { pc, stream }
  for (const track of stream.getTracks()) {
    const line = pc.addTransceiver(track, { direction: 'sendonly', streams: [stream] })
    const all = RTCRtpSender.getCapabilities(track.kind).codecs
    const first = track.kind === 'video' ? codec : 'red'
    const other = track.kind === 'video' ? 'rtx' : 'opus'
    const of = (wanted) => all.filter((c) => c.mimeType.toLowerCase().endsWith(`/${wanted.toLowerCase()}`))
    line.setCodecPreferences([...of(first), ...of(other)])
  }
  await pc.setLocalDescription()
  return pc.localDescription.sdp
}

// What the picture of a receiving link is coded in.
window.pictureIn = async (name) => {
  const stats = await window.links[name].pc.getStats()
  for (const entry of stats.values())
    if (entry.type === 'inbound-rtp' && entry.kind === 'video')
      return stats.get(entry.codecId)?.mimeType
}

// Of the sound on a link: payload types as negotiated, and bytes of a packet.
window.soundOn = async (name) => {
  const { pc } = window.links[name]
  const types = /^m=audio \d+ \S+ (.*)$/m.exec(pc.remoteDescription.sdp)[1].trim()
  for (const entry of (await pc.getStats()).values())
    if (/^(in|out)bound-rtp$/.test(entry.type) && entry.kind === 'audio') {
      const bytes = entry.bytesReceived ?? entry.bytesSent
      return [types, bytes / (entry.packetsReceived ?? entry.packetsSent)]
    }
}
