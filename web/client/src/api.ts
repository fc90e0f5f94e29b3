/** HTTP of the service, as far as pages need it. */

import type { Ballots } from './ballot/recount'
import type { Draft, DraftView } from './desk/draft'
import type { Moments } from './replay/replay'

export interface RoomInfo {
  room: string
  room_name: string
  meeting: { id: string; title: string; state: 'scheduled' | 'open' | 'recess' | 'closed' } | null
  /** Residents have to give their real name. */
  real_names: boolean
  /** The page behind the room's QR code. */
  link: string
  /** The same page where browsers allow the camera; null: the service has no HTTPS. */
  secure_link: string | null
}

export interface Entered {
  token: string
  meeting: string
  person: string
}

/** A refusal with a stable code; `offline` when nothing was reached. */
export class ApiError extends Error {
  readonly code: string
  /** Seconds after which it is worth trying again; null: the service did not say. */
  readonly retryS: number | null

  constructor(code: string, retryS: number | null = null) {
    super(code)
    this.code = code
    this.retryS = retryS
  }
}

export async function roomInfo(code: string): Promise<RoomInfo> {
  return (await request(`/api/rooms/${encodeURIComponent(code)}`)).json() as Promise<RoomInfo>
}

/**
 * @param realName empty where nobody asks for it
 * @param token an earlier token, to stay the same person
 */
export async function enter(
  code: string,
  name: string,
  realName: string,
  token: string | null,
): Promise<Entered> {
  const response = await request(`/api/rooms/${encodeURIComponent(code)}/enter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, real_name: realName, token }),
  })
  return response.json() as Promise<Entered>
}

export type MinutesForm = 'record' | 'summary' | 'results' | 'attendance'
export type MinutesKind = 'html' | 'docx' | 'pdf'

const minutesPath = (meeting: string, rest: string) =>
  `/api/meetings/${encodeURIComponent(meeting)}/minutes/${rest}`

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Download a form of the minutes; with a header, since a token must not stand in an address. */
export async function minutes(
  meeting: string,
  form: MinutesForm,
  kind: MinutesKind,
  token: string,
): Promise<Blob> {
  const path = minutesPath(meeting, `${form}.${kind}`)
  return (await request(path, { headers: bearer(token) })).blob()
}

/** Where the recording is as one MP4, for an hour; it is made first, which may take some seconds. */
export async function recordingFile(meeting: string, token: string): Promise<string> {
  const path = `/api/meetings/${encodeURIComponent(meeting)}/recording`
  const answer = await request(path, { method: 'POST', headers: bearer(token) })
  return ((await answer.json()) as { url: string }).url
}

/**
 * What happened when in a meeting that is over.
 *
 * @param token null: nobody in particular watches
 */
export async function moments(meeting: string, token: string | null): Promise<Moments> {
  const path = `/api/meetings/${encodeURIComponent(meeting)}/moments`
  const init = token === null ? {} : { headers: bearer(token) }
  return (await request(path, init)).json() as Promise<Moments>
}

export async function readDraft(meeting: string, token: string): Promise<DraftView> {
  const path = minutesPath(meeting, 'draft')
  return (await request(path, { headers: bearer(token) })).json() as Promise<DraftView>
}

/** @param revision the one that the draft was made of; somebody else's newer one is a conflict */
export async function saveDraft(
  meeting: string,
  token: string,
  revision: number,
  draft: Draft,
): Promise<{ revision: number; sha256: string }> {
  const init = { method: 'PUT', headers: bearer(token), body: JSON.stringify({ revision, draft }) }
  const response = await request(minutesPath(meeting, 'draft'), init)
  return response.json() as Promise<{ revision: number; sha256: string }>
}

export async function signOff(
  meeting: string,
  token: string,
  step: 'sign' | 'publish',
  named: { revision: number; sha256: string },
): Promise<void> {
  const init = { method: 'POST', headers: bearer(token), body: JSON.stringify(named) }
  await request(minutesPath(meeting, step), init)
}

/** All ballots of a vote that is closed. */
export async function publishedBallots(
  meeting: string,
  vote: number,
  token: string,
): Promise<Ballots> {
  const path = `/api/meetings/${encodeURIComponent(meeting)}/votes/${vote}/ballots`
  return (await request(path, { headers: bearer(token) })).json() as Promise<Ballots>
}

const platformsPath = (meeting: string) => `/api/meetings/${encodeURIComponent(meeting)}/platforms`

/** Keep where the livestream can be sent to; the address never comes back. */
export async function addPlatform(
  meeting: string,
  token: string,
  name: string,
  url: string,
): Promise<void> {
  const init = { method: 'POST', headers: bearer(token), body: JSON.stringify({ name, url }) }
  await request(platformsPath(meeting), init)
}

export async function removePlatform(meeting: string, token: string, name: string): Promise<void> {
  const path = `${platformsPath(meeting)}/${encodeURIComponent(name)}`
  await request(path, { method: 'DELETE', headers: bearer(token) })
}

/** @throws ApiError */
export async function request(path: string, init?: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, init)
  } catch {
    throw new ApiError('offline')
  }
  if (response.ok) return response
  let code = 'internal'
  try {
    code = ((await response.json()) as { code?: string }).code ?? code
  } catch {
    // A proxy's own error page has no code.
  }
  throw new ApiError(code, Number(response.headers.get('retry-after')) || null)
}
