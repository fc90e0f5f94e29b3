import { createPublicKey, generateKeyPairSync, privateDecrypt, constants } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { blind, toHex, verify, fromHex } from '../../src/ballot/blind'
import { Papers, TAKE_WITHIN_MS, type Surroundings } from '../../src/ballot/papers'
import { find, recount, type Ballots } from '../../src/ballot/recount'
import { shelf } from '../../src/ballot/shelf'
import type { Answer } from '../../src/wire/socket'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const KEY = toHex(
  Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).n as string, 'base64url'),
)

/** The service's signature of a blinded paper: the plain RSA operation, also of one for a larger key. */
function signed(message: string): string {
  const padding = constants.RSA_NO_PADDING
  const reduced = (BigInt(`0x${message}`) % BigInt(`0x${KEY}`)).toString(16).padStart(KEY.length, '0')
  return privateDecrypt({ key: privateKey, padding }, Buffer.from(reduced, 'hex')).toString('hex')
}

const OWN = { vote: 8, person: null, number: 1 } as const

class Service {
  readonly asked: { blinded: string; person: string | null; number: number }[] = []
  answer: (blinded: string) => Answer = (blinded) => ({
    ok: true,
    offset: 9,
    paper: signed(blinded),
  })

  ask(command: { blinded: string; person: string | null; number: number }): Promise<Answer> {
    this.asked.push(command)
    return Promise.resolve(this.answer(command.blinded))
  }
}

class Around implements Surroundings {
  readonly stored = new Map<string, string>()
  readonly waited: number[] = []
  readonly posted: { path: string; body: Record<string, unknown> }[] = []
  answers: (number | 'offline' | 'already')[] = []
  now = 1_000
  drawn: number | null = null
  shelf = shelf(() => ({
    getItem: (key) => this.stored.get(key) ?? null,
    setItem: (key, text) => void this.stored.set(key, text),
    removeItem: (key) => void this.stored.delete(key),
  }))

  random = (bytes: number): Uint8Array =>
    this.drawn === null || bytes !== 2
      ? crypto.getRandomValues(new Uint8Array(bytes))
      : Uint8Array.of(this.drawn >> 8, this.drawn & 255)

  wait = (ms: number): Promise<void> => {
    this.waited.push(ms)
    return Promise.resolve()
  }

  nowMs = (): number => this.now

  post = (path: string, body: string): Promise<{ status: number; body: unknown }> => {
    this.posted.push({ path, body: JSON.parse(body) as Record<string, unknown> })
    const status = this.answers.shift() ?? 200
    if (status === 'offline') return Promise.reject(new Error('offline'))
    if (status === 'already') {
      return Promise.resolve({ status: 409, body: { code: 'vote.already_cast' } })
    }
    return Promise.resolve({ status, body: status === 409 ? { code: 'vote.closed' } : null })
  }
}

function papers(around = new Around(), service = new Service(), person = 'wang') {
  return { papers: new Papers('m1', person, service, around), around, service }
}

async function taken(its: Papers) {
  const answer = await its.take(OWN, KEY)
  if (!answer.ok) throw new Error(answer.code)
  return answer.paper
}

describe('taking a paper', () => {
  test('gives one with a signature of the vote', async () => {
    const paper = await taken(papers().papers)
    expect(verify(KEY, fromHex(paper.serial), paper.signature)).toBe(true)
  })

  test('is done once, however often it is asked for', async () => {
    const { papers: its, service } = papers()
    const [first, second] = await Promise.all([taken(its), taken(its)])
    expect(await taken(its)).toEqual(first)
    expect(second).toEqual(first)
    expect(service.asked).toHaveLength(1)
  })

  test('goes on where it was when the answer was lost and the page loaded again', async () => {
    const { papers: its, around, service } = papers()
    service.answer = () => ({ ok: false, code: 'service.overloaded', detail: '' })
    expect(await its.take(OWN, KEY)).toMatchObject({ ok: false, code: 'service.overloaded' })
    const later = new Service()
    const again = new Papers('m1', 'wang', later, freshPage(around))
    expect((await again.take(OWN, KEY)).ok).toBe(true)
    expect(later.asked[0]!.blinded).toBe(service.asked[0]!.blinded)
  })

  test('leaves nothing behind by which the paper could be known', async () => {
    const { papers: its, around, service } = papers()
    await taken(its)
    const kept = [...around.stored.values()].join()
    expect(kept).not.toContain(service.asked[0]!.blinded)
    expect(JSON.parse(kept)).toMatchObject({ blinded: null })
  })

  test('refuses a signature that is none', async () => {
    const { papers: its, service } = papers()
    for (const paper of [signed(blind(KEY, new Uint8Array(32)).message), undefined]) {
      service.answer = () => ({ ok: true, offset: 9, ...(paper === undefined ? {} : { paper }) })
      expect(await its.take(OWN, KEY)).toMatchObject({ ok: false, code: 'vote.forged_paper' })
    }
  })

  test('keeps papers of others and other numbers apart', async () => {
    const { papers: its, service } = papers()
    for (const which of [OWN, { ...OWN, number: 2 }, { ...OWN, person: 'zhou' }]) {
      await its.take(which, KEY)
    }
    expect(service.asked.map((one) => [one.person, one.number])).toEqual([
      [null, 1],
      [null, 2],
      ['zhou', 1],
    ])
    const serials = [OWN, { ...OWN, number: 2 }].map((which) => its.receipt(which))
    expect(new Set(serials).size).toBe(2)
  })

  test('is not confused by another vote of this number, or by another person here', async () => {
    const { papers: its, around } = papers()
    const first = await taken(its)
    const other = papers(around, new Service(), 'zhao')
    expect((await taken(other.papers)).serial).not.toBe(first.serial)
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
    const n = toHex(Buffer.from(key.export({ format: 'jwk' }).n as string, 'base64url'))
    expect((await its.take(OWN, n)).ok).toBe(false) // signed by a key that is not this vote's
  })

  test('waits for a moment of its own', async () => {
    for (const [drawn, ms] of [
      [0, 0],
      [32_768, TAKE_WITHIN_MS / 2],
      [65_535, TAKE_WITHIN_MS],
    ] as const) {
      const { papers: its, around } = papers()
      around.drawn = drawn
      expect((await its.takeSoon(OWN, KEY)).ok).toBe(true)
      expect(around.waited[0]).toBeCloseTo(ms, -1)
      await its.takeSoon(OWN, KEY)
      expect(around.waited).toHaveLength(1)
    }
  })

  test('works where storage is closed', async () => {
    const around = new Around()
    around.shelf = shelf(() => {
      throw new Error('closed')
    })
    const { papers: its, service } = papers(around)
    expect(await taken(its)).toEqual(await taken(its))
    expect(service.asked).toHaveLength(1)
  })

  test('is forgotten when it is asked for, or after a season', async () => {
    const { papers: its, around } = papers()
    const paper = await taken(its)
    expect(its.receipt(OWN)).toBe(paper.serial)
    around.now += 91 * 86_400_000
    expect(its.receipt(OWN)).toBeNull()
    its.forget(OWN)
    expect(around.stored.size).toBe(0)
  })
})

describe('casting', () => {
  test('says nothing but the paper and its marks', async () => {
    const { papers: its, around } = papers()
    const paper = await taken(its)
    expect(await its.cast(OWN, paper, [0, 1])).toEqual({ ok: true, receipt: paper.serial })
    expect(around.posted).toEqual([{ path: '/api/ballots/m1/8', body: { ...paper, marks: [0, 1] } }])
  })

  test('is repeated until it is answered', async () => {
    const { papers: its, around } = papers()
    const paper = await taken(its)
    around.answers = ['offline', 503, 200]
    expect((await its.cast(OWN, paper, [1, 0])).ok).toBe(true)
    expect(around.posted).toHaveLength(3)
    expect(around.waited).toEqual([500, 1_000])
  })

  test('ends with a refusal', async () => {
    const { papers: its, around } = papers()
    around.answers = [409]
    const answer = await its.cast(OWN, await taken(its), [1, 0])
    expect(answer).toEqual({ ok: false, code: 'vote.closed', detail: '' })
  })

  test('is remembered as sent, and as certain once it was answered', async () => {
    const { papers: its, around } = papers()
    const paper = await taken(its)
    expect(its.sent(OWN)).toBe('no')
    let during = ''
    around.answers = ['offline']
    await its.cast(OWN, paper, [1, 0], () => (during = its.sent(OWN)))
    expect(during).toBe('maybe')
    expect(its.sent(OWN)).toBe('yes')
    expect(new Papers('m1', 'wang', new Service(), freshPage(around)).sent(OWN)).toBe('yes')
  })

  test('is certain, too, when another ballot of this paper is in the box', async () => {
    const { papers: its, around } = papers()
    const paper = await taken(its)
    around.answers = [409]
    expect((await its.cast(OWN, paper, [1, 0])).ok).toBe(false)
    expect(its.sent(OWN)).toBe('maybe') // the vote is closed: the published list will tell
    around.answers = ['already']
    expect(await its.cast(OWN, paper, [1, 0])).toMatchObject({ code: 'vote.already_cast' })
    expect(its.sent(OWN)).toBe('yes')
  })

  test('is repeated where the service has no time, and not where it has no use for it', async () => {
    const { papers: its, around } = papers()
    around.answers = [429, 408, 400]
    const answer = await its.cast(OWN, await taken(its), [1, 0])
    expect(answer).toMatchObject({ ok: false, code: 'internal' })
    expect(around.posted).toHaveLength(3)
  })

  test('leaves the choice nowhere', async () => {
    const { papers: its, around } = papers()
    await its.cast(OWN, await taken(its), [0, 1])
    expect([...around.stored.values()].join()).not.toContain('marks')
  })
})

describe('the published list', () => {
  async function list(): Promise<Ballots> {
    const secret = []
    for (const marks of [
      [1, 0],
      [0, 1],
      [1, 0],
    ]) {
      secret.push({ ...(await taken(papers().papers)), marks })
    }
    const named = { person: 'p', name: '', office: '', marks: [0, 1], channel: 'proxy' as const }
    return {
      vote: 8,
      options: ['同意', '反对'],
      paper_key: KEY,
      named: [{ ...named, weight: 3 }],
      secret,
      hands: [4, 1],
    }
  }

  test('is counted by anybody', async () => {
    expect(await recount(await list())).toEqual({ tally: [2 + 4, 1 + 3 + 1], wrong: [] })
  })

  test('lets the page breathe while many are checked', async () => {
    const ballots = await list()
    const secret = Array.from({ length: 60 }, () => ballots.secret[0]!)
    let rests = 0
    await recount({ ...ballots, secret }, () => Promise.resolve(void rests++))
    expect(rests).toBe(2)
  })

  test('has every receipt', async () => {
    const ballots = await list()
    expect(find(ballots, ballots.secret[1]!.serial)?.marks).toEqual([0, 1])
    expect(find(ballots, '00')).toBeNull()
  })

  test('shows what does not belong there', async () => {
    const ballots = await list()
    const [first, second] = ballots.secret
    const forged = { ...first!, serial: 'ab'.repeat(32) }
    const { wrong } = await recount({ ...ballots, secret: [first!, first!, forged, second!] })
    expect(wrong).toEqual([first!.serial, forged.serial])
  })
})

/** The same browser after a reload: only what was stored is left. */
function freshPage(around: Around): Around {
  const fresh = new Around()
  for (const [key, value] of around.stored) fresh.stored.set(key, value)
  return fresh
}
