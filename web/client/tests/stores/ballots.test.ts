import { constants, createPublicKey, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { effectScope, nextTick, type EffectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { toHex } from '../../src/ballot/blind'
import { TAKE_WITHIN_MS } from '../../src/ballot/papers'
import { openBallots } from '../../src/stores/ballots'
import { emptySections } from '../../src/stores/sections'
import type { Command, MeetingSection } from '../../src/wire/generated'
import type { Answer } from '../../src/wire/socket'
import { meSection, voteView } from '../sections'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const KEY = toHex(
  Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).n as string, 'base64url'),
)
const SECRET = voteView({
  electors: 'everyone',
  rules: { ...voteView().rules, secrecy: 'secret' },
  paper_key: KEY,
})
const OWN = { person: null, name: '', weight: 1, marks: null, receipt: null }

let scope: EffectScope

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('localStorage', undefined)
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** A page in a browser that keeps nothing. */
function page(answer: (command: Command) => Answer = sign) {
  const sections = emptySections()
  const asked: Command[] = []
  const askQuietly = (command: Command): Promise<Answer> => {
    asked.push(command)
    return Promise.resolve(answer(command))
  }
  const ballots = scope.run(() => openBallots({ sections, askQuietly }))!
  sections.meeting = { id: 'm1' } as MeetingSection
  sections.me = meSection()
  return { sections, asked, ballots }
}

function sign(command: Command): Answer {
  const blinded = command.type === 'vote.take_paper' ? command.blinded : ''
  const key = { key: privateKey, padding: constants.RSA_NO_PADDING }
  return { ok: true, offset: 9, paper: privateDecrypt(key, Buffer.from(blinded, 'hex')).toString('hex') }
}

async function open(sections: ReturnType<typeof emptySections>): Promise<void> {
  sections.votes = { votes: [SECRET] }
  await nextTick()
  await vi.advanceTimersByTimeAsync(TAKE_WITHIN_MS)
}

describe('papers of secret votes', () => {
  test('are taken once, as soon as the vote opens, whatever else changes', async () => {
    const { sections, asked, ballots } = page()
    await open(sections)
    const { receipts } = ballots.own(SECRET, OWN)
    expect(receipts).toHaveLength(1)
    sections.me = meSection({ votes: {} })
    await open(sections)
    expect(asked).toHaveLength(1)
    expect(ballots.own(SECRET, OWN).receipts).toEqual(receipts)
  })

  test('are not taken for those who have no vote', async () => {
    const { sections, asked } = page()
    sections.me = meSection({ role: 'display' })
    await open(sections)
    expect(asked).toEqual([])
  })

  test('say why there is none', async () => {
    const { sections, ballots } = page(() => ({ ok: false, code: 'vote.paper_taken', detail: '' }))
    await open(sections)
    expect(ballots.own(SECRET, OWN)).toMatchObject({ receipts: [], problem: 'vote.paper_taken' })
    const cast = await ballots.cast(SECRET, OWN, [1, 0, 0], () => undefined)
    expect(cast).toMatchObject({ ok: false, code: 'vote.paper_taken' })
  })

  test('of a vote that weighs more are all cast, and less than all is not certain', async () => {
    const heavy = { ...OWN, weight: 3 }
    const { ballots } = page()
    const serials: string[] = []
    let status = 409
    vi.stubGlobal('fetch', (_: string, init: { body: string }) => {
      serials.push((JSON.parse(init.body) as { serial: string }).serial)
      const answer = { status: serials.length === 2 ? status : 200, json: () => Promise.resolve({}) }
      return Promise.resolve(answer)
    })
    expect((await ballots.cast(SECRET, heavy, [1, 0, 0], () => undefined)).ok).toBe(false)
    expect(ballots.own(SECRET, heavy).sent).toBe('maybe')
    status = 200
    expect((await ballots.cast(SECRET, heavy, [1, 0, 0], () => undefined)).ok).toBe(true)
    expect(ballots.own(SECRET, heavy).sent).toBe('yes')
    expect(new Set(serials).size).toBe(3)
  })
})
