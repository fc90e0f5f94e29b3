/** What anybody can do with the published ballots of a vote: check, count, find one's own. */
import { fromHex, verify } from './blind'

export interface PublishedBallot {
  serial: string
  signature: string
  marks: readonly number[]
}

export interface NamedBallot {
  person: string
  name: string
  office: string
  marks: readonly number[]
  channel: 'electronic' | 'hands' | 'proxy'
  weight: number
}

/** `GET /api/meetings/{meeting}/votes/{vote}/ballots` */
export interface Ballots {
  vote: number
  options: readonly string[]
  paper_key: string
  named: readonly NamedBallot[]
  secret: readonly PublishedBallot[]
  hands: readonly number[] | null
}

export interface Recount {
  /** Votes an option: papers, named ballots by their weight, and hands. */
  tally: number[]
  /** Serials whose signature is not the vote's, or that are listed twice: never any. */
  wrong: string[]
}

const AT_ONCE = 25 // signatures: some 20 ms on an old phone, less than a picture's time is felt

/**
 * Count all ballots of a vote again, and check every signature.
 *
 * @param rest awaited now and then, so that a page stays alive meanwhile
 */
export async function recount(
  ballots: Ballots,
  rest: () => Promise<void> = () => Promise.resolve(),
): Promise<Recount> {
  const tally = ballots.options.map((_, at) => ballots.hands?.[at] ?? 0)
  const add = (marks: readonly number[], weight: number): void => {
    marks.forEach((mark, at) => (tally[at] = (tally[at] ?? 0) + weight * mark))
  }
  const wrong: string[] = []
  const seen = new Set<string>()
  for (const [at, ballot] of ballots.secret.entries()) {
    if (at % AT_ONCE === AT_ONCE - 1) await rest()
    const signed = verify(ballots.paper_key, fromHex(ballot.serial), ballot.signature)
    if (!signed || seen.has(ballot.serial)) wrong.push(ballot.serial)
    seen.add(ballot.serial)
    add(ballot.marks, 1)
  }
  for (const ballot of ballots.named) add(ballot.marks, ballot.weight)
  return { tally, wrong }
}

/** The ballot of a receipt; null: it is not in the list. */
export function find(ballots: Ballots, receipt: string): PublishedBallot | null {
  return ballots.secret.find((ballot) => ballot.serial === receipt) ?? null
}

/** The beginning of a receipt, as people compare it: "3f9a 1c02 77be e041". */
export function shortReceipt(serial: string): string {
  return (serial.slice(0, 16).match(/.{1,4}/g) ?? []).join(' ')
}
