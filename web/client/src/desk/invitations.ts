/** Personal links and rosters from files: what the desk asks over HTTP, and how it is read. */

import { bearer, request } from '../api'
import { dayTime } from '../format'
import { i } from '../words/invitations'
import type { PersonView } from '../wire/generated'

/** Bytes; web/identity/roster_file.py */
export const FILE_MAX = 1_000_000
export const DAYS = [1, 7, 30, 90, 365] as const
export type Days = (typeof DAYS)[number]

type Role = PersonView['role']

/** A link that was given out; the link itself is not kept. Times are seconds since 1970. */
export interface Invitation {
  id: string
  person: string
  name: string
  office: string
  role: Role | null
  issued_s: number
  ends_s: number
  revoked_s: number | null
  /** When somebody came by it for the first and the last time; null: never. */
  first_s: number | null
  last_s: number | null
}

/** A new link. */
export interface Given {
  id: string
  person: string
  name: string
  office: string
  role: Role
  ends_s: number
  link: string
}

export interface RosterPreview {
  lines: {
    line: number
    name: string
    office: string
    role: Role
    weight: number
    elector: boolean
    change: 'new' | 'changed' | 'same'
  }[]
  /** Line 0 is the file as a whole. */
  problems: { line: number; words: string; english: string }[]
}

/** Somebody who has links, or may be given one. */
export interface Invitee {
  id: string
  name: string
  office: string
  role: Role
  /** Newest first. */
  links: Invitation[]
}

/** The desk of one meeting, over HTTP. Everything throws ApiError. */
export function invitationsOf(meeting: string, token: string) {
  const base = `/api/meetings/${encodeURIComponent(meeting)}`
  const post = (path: string, body?: BodyInit, type?: string) =>
    request(`${base}/${path}`, {
      method: 'POST',
      headers: { ...bearer(token), ...(type ? { 'content-type': type } : {}) },
      body: body ?? null,
    })
  return {
    async list(): Promise<Invitation[]> {
      return (await request(`${base}/invitations`, { headers: bearer(token) })).json() as Promise<Invitation[]>
    },

    /** @returns the link, and its QR code as SVG */
    async invite(person: string, days: Days): Promise<Given & { qr: string }> {
      const answer = await post('invitations', JSON.stringify({ person, days }), 'application/json')
      return answer.json() as Promise<Given & { qr: string }>
    },

    async withdraw(invitation: string): Promise<void> {
      await post(`invitations/${encodeURIComponent(invitation)}/revoke`)
    },

    /** What is in the file and what would come of it; nothing changes. */
    async check(file: ArrayBuffer): Promise<RosterPreview> {
      return (await post('roster/check', file)).json() as Promise<RosterPreview>
    },

    async take(file: ArrayBuffer, days: Days): Promise<Given[]> {
      return (await post(`roster?days=${days}`, file)).json() as Promise<Given[]>
    },
  }
}

export type LinkState = 'valid' | 'withdrawn' | 'ended'

export function linkState(one: Invitation, nowMs: number): LinkState {
  if (one.revoked_s !== null) return 'withdrawn'
  return one.ends_s * 1000 > nowMs ? 'valid' : 'ended'
}

/** Links of those who run the meeting are theirs to give out: with one, a clerk could do so too. */
export function mayInvite(asker: Role, role: Role): boolean {
  return asker !== 'clerk' || (role !== 'host' && role !== 'deputy')
}

/** "有效至 12月22日 14:00 · 未用过" */
export function linkWords(one: Invitation, nowMs: number, language: string): string {
  const at = (seconds: number) => dayTime(seconds * 1000, language)
  const state = linkState(one, nowMs)
  const said = [i(`state.${state}`, { time: at(state === 'withdrawn' ? (one.revoked_s ?? 0) : one.ends_s) })]
  if (one.first_s === null || one.last_s === null) said.push(i('unused'))
  else said.push(i(one.first_s === one.last_s ? 'used_once' : 'used', { time: at(one.last_s) }))
  return said.join(' · ')
}

/** Everybody with a link or a claim to one: the roster first, then the members, then the others. */
export function invitees(
  invitations: readonly Invitation[],
  known: readonly { id: string; name: string; office: string; role: Role }[],
): Invitee[] {
  const found = new Map<string, Invitee>()
  for (const { id, name, office, role } of known) {
    if (name && !found.has(id)) found.set(id, { id, name, office, role, links: [] })
  }
  for (const one of invitations) {
    if (one.role === null) continue // was forgotten: the name is gone, and the links hold no more
    const { person: id, name, office, role } = one
    const invitee = found.get(id) ?? { id, name, office, role, links: [] }
    found.set(id, invitee)
    invitee.links.push(one)
  }
  return [...found.values()]
}

/** A table for the spreadsheet: RFC 4180, with a mark by which Excel knows that it is UTF-8. */
export function linksTable(given: readonly Given[], role: (role: Role) => string, language: string): string {
  const heading = (['name', 'office', 'role', 'link', 'until'] as const).map((one) => i(`column.${one}`))
  const rows = given.map((one) => [
    one.name,
    one.office,
    role(one.role),
    one.link,
    dayTime(one.ends_s * 1000, language),
  ])
  return `\ufeff${[heading, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** A name must not become a formula (OWASP, CSV injection). */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${plain.replaceAll('"', '""')}"`
}
