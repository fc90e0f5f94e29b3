// Layers on a page's video link: what it sends, what it gets.

// Of the picture from a person: lines of the newest one, decoded, seconds in freezes.
window.pictureOf = async (person) => {
  for (const link of window.links) {
    if (link.connectionState === 'closed' || !link.remoteDescription) continue
    const sections = link.remoteDescription.sdp.split('\r\nm=').slice(1)
    const mids = sections
      .filter((one) => one.startsWith('video') && one.includes(`a=msid:${person} `))
      .map((one) => /a=mid:(\S+)/.exec(one)[1])
    for (const stats of (await link.getStats()).values())
      if (stats.type === 'inbound-rtp' && mids.includes(stats.mid))
        return [stats.frameHeight ?? 0, stats.framesDecoded ?? 0, stats.totalFreezesDuration ?? 0]
  }
  return [0, 0, 0]
}

// Milliseconds from the moment that the page shows the person large to a picture of so many lines.
window.becomesLarge = async (person, lines) => {
  const tile = `[data-testid=video-tile][data-person="${person}"][data-large=true]`
  while (!document.querySelector(tile)) await new Promise(requestAnimationFrame)
  const began = performance.now()
  while ((await window.pictureOf(person))[0] < lines) await new Promise(requestAnimationFrame)
  return performance.now() - began
}

// RID -> [packets sent, active] of the own picture.
window.ownLayers = async () => {
  const found = {}
  for (const link of window.links)
    for (const stats of (await link.getStats()).values())
      if (stats.type === 'outbound-rtp' && stats.rid)
        found[stats.rid] = [stats.packetsSent, stats.active]
  return found
}

// The page lies behind others, or comes forward.
window.hidePage = (hidden) => {
  Object.defineProperty(document, 'visibilityState', {
    configurable: true,
    get: () => (hidden ? 'hidden' : 'visible'),
  })
  document.dispatchEvent(new Event('visibilitychange'))
}
