import { afterEach, describe, expect, test, vi } from 'vitest'
import { grouped, safer, signIn, wayBackProblem, type AccountSeat } from '../src/account'
import { ApiError } from '../src/api'

const seat = (meeting: string, state: AccountSeat['state'], planned_ms: number): AccountSeat => ({
  meeting,
  state,
  planned_ms,
  title: meeting,
  room_name: '',
  role: 'clerk',
  link: '',
})

afterEach(() => vi.unstubAllGlobals())

describe("an account's meetings", () => {
  test('stand by what is to be done: under way, the next ones, the latest that are over', () => {
    const seats = [
      seat('old', 'closed', 1),
      seat('later', 'scheduled', 9),
      seat('resting', 'recess', 6),
      seat('running', 'open', 5),
      seat('sooner', 'scheduled', 8),
      seat('latest', 'closed', 4),
    ]
    expect(grouped(seats).map((group) => [group.name, ...group.seats.map((one) => one.meeting)])).toEqual([
      ['now', 'running', 'resting'],
      ['coming', 'sooner', 'later'],
      ['over', 'latest', 'old'],
    ])
  })

  test('make no empty groups', () => {
    expect(grouped([])).toEqual([])
    expect(grouped([seat('m', 'closed', 1)]).map((group) => group.name)).toEqual(['over'])
  })
})

describe('signing in', () => {
  const answered = (status: number, headers: Record<string, string>) =>
    vi.stubGlobal('fetch', async () => new Response('{"code": "account.too_many_tries"}', { status, headers }))

  test('one try too many says how long to wait', async () => {
    answered(429, { 'retry-after': '30' })
    const refused = await signIn('zhou', 'x').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ApiError)
    expect(refused).toMatchObject({ code: 'account.too_many_tries', retryS: 30 })
  })

  test('over plain HTTP the page with HTTPS is the way, if there is one', () => {
    const ways = { password: true, provider: null, secure: 'https://yishi.lan:8443/desk' }
    expect(safer(ways, 'http:')).toBe('https://yishi.lan:8443/desk')
    expect(safer(ways, 'https:')).toBeNull()
    expect(safer({ ...ways, secure: null }, 'http:')).toBeNull()
  })

  test('a refusal without a time to wait has none', async () => {
    answered(401, {})
    expect(await signIn('zhou', 'x').catch((error: unknown) => error)).toMatchObject({ retryS: null })
  })

  test("the provider's refusal comes back in the address", () => {
    expect(wayBackProblem('#error=account.unknown')).toBe('account.unknown')
    expect(wayBackProblem('')).toBeNull()
  })
})
