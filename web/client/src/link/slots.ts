/**
 * Who stands behind each media section of the service's offer.
 *
 * The offer says it: the stream id of a section (a=msid, RFC 8830) is the person's id. It is read
 * from the text after every offer, rather than gathered from track events, because a section that
 * passes from one person to the next fires no `track` event of its own.
 */

/** Before the person in the stream id of a shared screen. */
const SCREEN = 'screen.'

export interface Slot {
  mid: string
  kind: 'sound' | 'picture' | 'screen'
  person: string
}

/** Sections that send, in order. Empty slots are left out. */
export function slots(sdp: string): Slot[] {
  const found: Slot[] = []
  for (const section of sdp.split(/\r?\n(?=m=)/).slice(1)) {
    const mid = /^a=mid:(\S+)/m.exec(section)?.[1]
    const stream = /^a=msid:(\S+)/m.exec(section)?.[1]
    const sends = /^a=(sendonly|sendrecv)\s*$/m.test(section)
    if (!mid || !stream || stream === '-' || !sends) continue
    if (section.startsWith('m=audio')) found.push({ mid, kind: 'sound', person: stream })
    else if (stream.startsWith(SCREEN))
      found.push({ mid, kind: 'screen', person: stream.slice(SCREEN.length) })
    else found.push({ mid, kind: 'picture', person: stream })
  }
  return found
}
