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
  seats: AccountSeat[]
}

export interface Ways {
  password: boolean
  /** What the provider for single sign-on is called; null: there is none. */
  provider: string | null
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

/** The refusal with which the provider's way back ended, from the page's fragment. */
export function wayBackProblem(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('error')
}
