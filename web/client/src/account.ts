/** Accounts of desk people: signing in, and the meetings that they have. */

import { request } from './api'

export interface AccountSeat {
  meeting: string
  title: string
  room_name: string
  state: 'scheduled' | 'open' | 'recess' | 'closed'
  planned_ms: number
  role: 'host' | 'deputy' | 'clerk' | 'participant' | 'viewer'
  link: string
}

export interface Account {
  login: string
  name: string
  office: string
  /** When the session ends: wall clock, ms. */
  ends_ms: number
  seats: AccountSeat[]
}

export interface Ways {
  password: boolean
  /** What the provider for single sign-on is called; null: there is none. */
  provider: string | null
  /** This page over HTTPS; null: the service has none. */
  secure: string | null
}

/** Where to go instead, when this page would send the password in the clear; null: stay. */
export function safer(ways: Ways, protocol: string): string | null {
  return protocol === 'http:' ? ways.secure : null
}

export const PROVIDER_PATH = '/api/account/provider/'

export async function waysToSignIn(): Promise<Ways> {
  return (await request('/api/account/ways')).json() as Promise<Ways>
}

/** @throws ApiError `account.signed_out` */
export async function account(): Promise<Account> {
  return (await request('/api/account')).json() as Promise<Account>
}

export async function signIn(login: string, password: string): Promise<Account> {
  const response = await request('/api/account/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  })
  return response.json() as Promise<Account>
}

export async function signOut(): Promise<void> {
  await request('/api/account/sign-out', { method: 'POST' })
}

export interface SeatGroup {
  name: 'now' | 'coming' | 'over'
  seats: AccountSeat[]
}

/** Under way first, then the next ones in the order of their dates, then the latest that are over. */
export function grouped(seats: readonly AccountSeat[]): SeatGroup[] {
  const by = (states: AccountSeat['state'][], sign: 1 | -1) =>
    seats
      .filter((seat) => states.includes(seat.state))
      .sort((one, two) => sign * (one.planned_ms - two.planned_ms))
  const groups: SeatGroup[] = [
    { name: 'now', seats: by(['open', 'recess'], 1) },
    { name: 'coming', seats: by(['scheduled'], 1) },
    { name: 'over', seats: by(['closed'], -1) },
  ]
  return groups.filter((group) => group.seats.length)
}

/** The refusal with which the provider's way back ended, from the page's fragment. */
export function wayBackProblem(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('error')
}
