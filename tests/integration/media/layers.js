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

// Send these layers only.
window.activate = async (name, active) => {
  const sender = window.links[name].pc.getSenders()[0]
  const parameters = sender.getParameters()
  for (const one of parameters.encodings) one.active = active.split(',').includes(one.rid)
  await sender.setParameters(parameters)
}

// RID -> packets sent of each layer.
window.sentLayers = async (name) => {
  const found = {}
  for (const entry of (await window.links[name].pc.getStats()).values())
    if (entry.type === 'outbound-rtp' && entry.rid) found[entry.rid] = entry.packetsSent
  return found
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

// What pictures of a receiving link are coded in, and how many blocks of earlier sound came.
window.others = async (name) => {
  const stats = await window.links[name].pc.getStats()
  const streams = [...stats.values()].filter((entry) => entry.type === 'inbound-rtp')
  const picture = streams.find((entry) => entry.kind === 'video')
  const sound = streams.find((entry) => entry.kind === 'audio')
  return [stats.get(picture?.codecId)?.mimeType ?? '', sound?.fecPacketsReceived ?? 0]
}
