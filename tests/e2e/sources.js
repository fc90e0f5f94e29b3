// WHIP and WHEP as any page speaks them: fetch and RTCPeerConnection, no library.
async function offered(peer) {
  await peer.setLocalDescription()
  return peer.localDescription.sdp
}

async function ask(peer, url, token) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/sdp' },
    body: await offered(peer),
  })
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
  return { url: new URL(answer.headers.get('Location'), url).href, etag: answer.headers.get('ETag') }
}

window.watched = async (url, token) => {
  const peer = new RTCPeerConnection({ iceServers: [] })
  window.watcher = peer
  const stream = new MediaStream()
  peer.ontrack = ({ track }) => {
    stream.addTrack(track)
    const video = document.querySelector('video') ?? document.createElement('video')
    video.srcObject = stream
    video.autoplay = true
    document.body.append(video)
  }
  peer.addTransceiver('audio', { direction: 'recvonly' })
  peer.addTransceiver('video', { direction: 'recvonly' })
  return ask(peer, url, token)
}

window.published = async (url, token) => {
  const peer = new RTCPeerConnection({ iceServers: [] })
  window.publisher = peer
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true })
  for (const track of media.getTracks()) {
    peer.addTransceiver(track, { direction: 'sendonly', streams: [media] })
  }
  return ask(peer, url, token)
}

// RFC 9725, 4.3.3: new credentials in a fragment, the service's own come back.
window.restarted = async (peer, { url }, token) => {
  peer.restartIce()
  const sdp = await offered(peer)
  const kept = sdp.split('\r\n').filter((line) => /^(a=ice-(ufrag|pwd)|m=|a=mid)/.test(line))
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/trickle-ice-sdpfrag',
      'If-Match': '*',
    },
    body: kept.join('\r\n') + '\r\n',
  })
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
  const fragment = await answer.text()
  const [, ufrag] = /a=ice-ufrag:(\S+)/.exec(fragment)
  const [, pwd] = /a=ice-pwd:(\S+)/.exec(fragment)
  const candidates = fragment.match(/a=candidate:.*\r\n/g)
  const remote = peer.remoteDescription.sdp
    .replace(/a=candidate:.*\r\n/g, '')
    .replace(/a=ice-ufrag:\S+/g, `a=ice-ufrag:${ufrag}`)
    .replace(/a=ice-pwd:\S+/g, `a=ice-pwd:${pwd}`)
    .replace(/a=mid:0\r\n/, (line) => line + candidates.join(''))
  await peer.setRemoteDescription({ type: 'answer', sdp: remote })
  return answer.headers.get('ETag')
}

window.received = async (peer) => {
  const found = {}
  const stats = await peer.getStats()
  for (const one of stats.values()) {
    if (one.type !== 'inbound-rtp') continue
    const codec = stats.get(one.codecId)
    found[one.kind] = {
      decoded: one.framesDecoded ?? 0,
      energy: one.totalAudioEnergy ?? 0,
      codec: codec?.mimeType ?? '',
      lost: one.packetsLost,
    }
  }
  return found
}
