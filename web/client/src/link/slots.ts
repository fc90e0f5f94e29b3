/**
 * Who stands behind each media section of the service's offer.
 *
 * The offer says it: the stream id of a section (a=msid, RFC 8830) is the person's id. It is read
 * from the text after every offer, rather than gathered from track events, because a section that
 * passes from one person to the next fires no `track` event of its own.
 */

export interface Slot {
  mid: string
  kind: 'sound' | 'picture'
  person: string
}

/** Sections that send, in order. Empty slots are left out. */
export function slots(sdp: string): Slot[] {
  const found: Slot[] = []
  for (const section of sdp.split(/\r?\n(?=m=)/).slice(1)) {
    const kind = section.startsWith('m=audio') ? 'sound' : 'picture'
    const mid = /^a=mid:(\S+)/m.exec(section)?.[1]
    const person = /^a=msid:(\S+)/m.exec(section)?.[1]
    const sends = /^a=(sendonly|sendrecv)\s*$/m.test(section)
    if (mid && person && person !== '-' && sends) found.push({ mid, kind, person })
  }
  return found
}
