/** HTTP of the service, as far as pages need it. */

export interface RoomInfo {
  room: string
  room_name: string
  meeting: { id: string; title: string; state: 'scheduled' | 'open' | 'recess' | 'closed' } | null
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

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

export async function roomInfo(code: string): Promise<RoomInfo> {
  return (await request(`/api/rooms/${encodeURIComponent(code)}`)).json() as Promise<RoomInfo>
}

/** @param token an earlier token, to stay the same person */
export async function enter(code: string, name: string, token: string | null): Promise<Entered> {
  const response = await request(`/api/rooms/${encodeURIComponent(code)}/enter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(token ? { name, token } : { name }),
  })
  return response.json() as Promise<Entered>
}

/** Download the minutes; with a header, since a token must not stand in an address. */
export async function minutes(meeting: string, kind: 'html' | 'docx', token: string): Promise<Blob> {
  const response = await request(`/api/meetings/${encodeURIComponent(meeting)}/minutes.${kind}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return response.blob()
}

async function request(path: string, init?: RequestInit): Promise<Response> {
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
  throw new ApiError(code)
}
