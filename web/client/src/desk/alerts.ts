/** What waits for somebody at the desk, wherever on the console one is. */

import type { Held } from '../stores/sections'

export type DeskTab = 'agenda' | 'votes' | 'people' | 'comments' | 'minutes' | 'room'

export interface Alert {
  code: 'howl' | 'tie' | 'recount' | 'count' | 'vote' | 'lobby' | 'quorum' | 'appeals' | 'waiting'
  /** How many; 0: it is not about a number. */
  n: number
  tab: DeskTab
  /** Nothing goes on until somebody acts. */
  grave: boolean
}

type Seen = Pick<Held, 'meeting' | 'votes' | 'people' | 'comments' | 'me' | 'calls'>

/** The gravest first. */
export function alerts(held: Seen): Alert[] {
  const found: Alert[] = []
  const votes = held.votes?.votes ?? []
  const closed = held.meeting?.state === 'closed'
  const muted = held.people?.link.muted ?? []
  if (held.calls?.howls.some((one) => !muted.includes(one.person))) {
    found.push({ code: 'howl', n: 0, tab: 'people', grave: true })
  }
  const tied = votes.filter((vote) => undecided(vote.outcome?.result, vote.rules.tie, vote.tie_broken))
  if (tied.length && !closed) found.push({ code: 'tie', n: 0, tab: 'votes', grave: true })
  if (votes.some((vote) => vote.hands?.differ && running(vote.state))) {
    found.push({ code: 'recount', n: 0, tab: 'votes', grave: true })
  }
  const me = held.me
  const mine = votes.some(
    (vote) =>
      running(vote.state) &&
      me?.votes[vote.id]?.teller &&
      !vote.hands?.entered.includes(me.person) &&
      !vote.hands?.agreed,
  )
  if (mine) found.push({ code: 'count', n: 0, tab: 'votes', grave: true })
  const open = votes.filter((vote) => running(vote.state)).length
  if (open) found.push({ code: 'vote', n: open, tab: 'votes', grave: false })
  const waiting = held.people?.lobby.waiting ?? 0
  if (waiting) found.push({ code: 'lobby', n: waiting, tab: 'people', grave: false })
  const quorum = held.people?.quorum
  if (quorum && !quorum.met && !closed) {
    found.push({ code: 'quorum', n: quorum.needed - quorum.present, tab: 'people', grave: false })
  }
  const appeals = held.comments?.appeals ?? 0
  if (appeals) found.push({ code: 'appeals', n: appeals, tab: 'comments', grave: false })
  const comments = held.comments?.waiting ?? 0
  if (comments) found.push({ code: 'waiting', n: comments, tab: 'comments', grave: false })
  return found
}

function running(state: string): boolean {
  return state === 'open' || state === 'counting'
}

function undecided(result: string | undefined, tie: string, broken: number | null): boolean {
  return result === 'tied' && tie === 'host' && broken === null
}
