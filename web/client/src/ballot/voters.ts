/** In whose name one votes here, and why not in one's own. */
import type { MeSection, MyVote, VoteView } from '../wire/generated'

/** One ballot that is given on this device. */
export interface Voter {
  /** Who gave the proxy; null: it is one's own. */
  person: string | null
  name: string
  weight: number
  /** The ballot that the record holds, of a named vote. */
  marks: readonly number[] | null
  /** Offset of the entry that holds it. */
  receipt: number | null
}

/**
 * How one stands to a vote. by_hands: among those whose hands are counted; entered: the desk entered
 * the hand; absent: an elector who was not there when the present were taken.
 */
export type Standing =
  | { as: 'voter' | 'device' | 'by_hands' | 'entered' | 'recused' | 'absent' | 'not_elector' }
  | { as: 'by_proxy'; holder: string }

type Asked = Pick<VoteView, 'id' | 'electors' | 'entitled' | 'item' | 'rules'>

export function standing(vote: Asked, me: MeSection): Standing {
  if (me.role === 'room' || me.role === 'display') return { as: 'device' }
  const mine = me.votes[vote.id]
  if (!entitled(vote, me, mine)) return { as: missing(vote, me) }
  if (mine?.holder != null) return { as: 'by_proxy', holder: mine.holder }
  if (mine?.channel !== 'hands') return { as: 'voter' }
  return { as: mine.marks ? 'entered' : 'by_hands' }
}

/** The ballots that are given here: the own one first, then those by proxy. */
export function voters(vote: Asked, me: MeSection): Voter[] {
  const mine = me.votes[vote.id]
  const own: Voter[] =
    standing(vote, me).as === 'voter'
      ? [
          {
            person: null,
            name: me.name,
            weight: mine?.weight || 1,
            marks: mine?.marks ?? null,
            receipt: mine?.receipt ?? null,
          },
        ]
      : []
  const held = (mine?.proxies ?? []).map(({ id, name, weight, marks, receipt }) => ({
    person: id,
    name,
    weight,
    marks,
    receipt,
  }))
  return [...own, ...held]
}

/** Still taken at this instant of the service's clock? */
export function running(vote: Pick<VoteView, 'state' | 'until_ms'>, nowMs: number): boolean {
  return vote.state === 'open' && (vote.until_ms === null || nowMs < vote.until_ms)
}

function entitled(vote: Asked, me: MeSection, mine: MyVote | undefined): boolean {
  if (vote.entitled !== null) return (mine?.weight ?? 0) > 0
  // Nobody froze a roll: an open poll, or a vote from before there were rolls.
  return vote.electors === 'everyone' || ['host', 'deputy', 'participant'].includes(me.role)
}

function missing(vote: Asked, me: MeSection): 'recused' | 'absent' | 'not_elector' {
  if (vote.item !== null && me.attendance.recused.includes(vote.item)) return 'recused'
  const elector = me.attendance.weight > 0 || me.role === 'participant'
  return vote.electors === 'present' && elector ? 'absent' : 'not_elector'
}
