/**
 * The papers of one person in secret votes: taken by name over the meeting's socket, cast by an HTTP
 * request that says nothing of who sends it.
 *
 * A paper is kept (in the browser's storage) from before it is asked for until its receipt is of no
 * more use: a page that is loaded again, or comes back a day later, goes on where it was. That its
 * ballot was sent is kept, too; what was voted never is: whoever opens this device later shall find
 * a receipt, and nothing else.
 */
import type { Answer } from '../wire/socket'
import { blind, browserRandom, SERIAL_BYTES, unblind, type Blinded, type Random } from './blind'
import { shelf, type Shelf } from './shelf'

/** Papers are taken within this time of the opening, each at its own moment. */
export const TAKE_WITHIN_MS = 8_000
const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000] as const
const ANSWER_WITHIN_MS = 15_000 // a request that a tunnel swallowed is given up, and sent again
const AGAIN_LATER = [408, 429] // a slow line, or too many at a time: said of the moment, not of the ballot
const KEEP_DAYS = 90

/** The part of the meeting that is used. */
export interface Taking {
  ask(command: {
    type: 'vote.take_paper'
    vote: number
    blinded: string
    person: string | null
    number: number
  }): Promise<Answer>
}

/** The browser, as far as papers need it. */
export interface Surroundings {
  shelf: Shelf
  post(path: string, body: string): Promise<{ status: number; body: unknown }>
  random: Random
  wait(ms: number): Promise<void>
  nowMs(): number
}

/** Which paper: of whom (null: the own), and which of theirs, from 1. */
export interface Which {
  vote: number
  person: string | null
  number: number
}

/** A paper that was signed: the right to one ballot. */
export interface Paper {
  /** The receipt. */
  serial: string
  signature: string
}

/** maybe: it was sent, and the answer never came: only to send it again brings certainty. */
export type Sent = 'no' | 'maybe' | 'yes'

export type Taken = { ok: true; paper: Paper } | { ok: false; code: string; detail: string }
export type Cast = { ok: true; receipt: string } | { ok: false; code: string; detail: string }

interface Kept {
  key: string
  blinded: Blinded | null
  paper: Paper | null
  sent: Sent
  sinceMs: number
}

export class Papers {
  readonly #prefix: string
  readonly #underWay = new Map<string, Promise<Taken>>()

  /**
   * @param meeting id of the meeting
   * @param person id of the person whose device this is: two may share it
   */
  constructor(
    private readonly meeting: string,
    person: string,
    private readonly taking: Taking,
    private readonly around: Surroundings = browser(),
  ) {
    this.#prefix = `yishi.paper.${meeting}.${person}`
  }

  /**
   * Take a paper, or find the one that was taken.
   *
   * @param key the vote's `paper_key`
   */
  take(which: Which, key: string): Promise<Taken> {
    const name = this.#name(which)
    const begun = this.#underWay.get(name)
    if (begun) return begun
    const taken = this.#take(name, which, key).finally(() => this.#underWay.delete(name))
    this.#underWay.set(name, taken)
    return taken
  }

  /**
   * Take a paper at a random moment soon, as everybody does when a vote opens: who takes one in the
   * same moment as a ballot comes could be the one who cast it.
   */
  async takeSoon(which: Which, key: string): Promise<Taken> {
    if (!this.#read(this.#name(which))?.paper) {
      const [high = 0, low = 0] = this.around.random(2)
      await this.around.wait(((high * 256 + low) / 65_536) * TAKE_WITHIN_MS)
    }
    return this.take(which, key)
  }

  /**
   * Cast the ballot of a paper; sent again until it is answered. Where the vote allows it, another
   * ballot with the same paper takes the place of the first.
   *
   * @param again called before it is sent once more
   */
  async cast(
    which: Which,
    paper: Paper,
    marks: readonly number[],
    again: () => void = () => undefined,
  ): Promise<Cast> {
    const path = `/api/ballots/${encodeURIComponent(this.meeting)}/${which.vote}`
    const body = JSON.stringify({ ...paper, marks })
    if (this.sent(which) === 'no') this.#mark(which, 'maybe')
    for (let attempt = 0; ; attempt++) {
      const answer = await this.around.post(path, body).catch(() => null)
      if (answer?.status === 200) {
        this.#mark(which, 'yes')
        return { ok: true, receipt: paper.serial }
      }
      if (answer && answer.status < 500 && !AGAIN_LATER.includes(answer.status)) {
        const refused = refusal(answer.body)
        if (refused.code === 'vote.already_cast') this.#mark(which, 'yes')
        return { ok: false, ...refused }
      }
      again()
      await this.around.wait(AGAIN_MS[Math.min(attempt, AGAIN_MS.length - 1)]!)
    }
  }

  /** The receipt of a paper that this device took; null: it has none. */
  receipt(which: Which): string | null {
    return this.#read(this.#name(which))?.paper?.serial ?? null
  }

  /** Whether the ballot of a paper was sent from this device; never what was voted. */
  sent(which: Which): Sent {
    return this.#read(this.#name(which))?.sent ?? 'no'
  }

  /** Forget a paper, receipt and all. */
  forget(which: Which): void {
    this.around.shelf.drop(this.#name(which))
  }

  async #take(name: string, which: Which, key: string): Promise<Taken> {
    let kept = this.#read(name)
    if (kept?.key !== key) kept = null // another vote's: that meeting's record was begun anew
    if (kept?.paper) return { ok: true, paper: kept.paper }
    const blinded = kept?.blinded ?? blind(key, this.around.random(SERIAL_BYTES), this.around.random)
    // Kept before it is asked for: the service gives this paper and no other.
    this.#write(name, { key, blinded, paper: null, sent: 'no', sinceMs: this.around.nowMs() })
    const answer = await this.taking.ask({
      type: 'vote.take_paper',
      vote: which.vote,
      blinded: blinded.message,
      person: which.person,
      number: which.number,
    })
    if (!answer.ok) return answer
    const signature = unblind(key, blinded, answer.paper ?? '')
    if (signature === null) return { ok: false, code: 'vote.forged_paper', detail: '' }
    const paper = { serial: blinded.serial, signature }
    // The blinding goes: with it, this device could tell which paper was whose.
    this.#write(name, { key, blinded: null, paper, sent: 'no', sinceMs: this.around.nowMs() })
    return { ok: true, paper }
  }

  #mark(which: Which, sent: Sent): void {
    const name = this.#name(which)
    const kept = this.#read(name)
    if (kept) this.#write(name, { ...kept, sent })
  }

  #name(which: Which): string {
    return `${this.#prefix}.${which.vote}.${which.person ?? ''}.${which.number}`
  }

  #read(name: string): Kept | null {
    try {
      const kept = JSON.parse(this.around.shelf.get(name) ?? 'null') as Kept | null
      if (kept && this.around.nowMs() - kept.sinceMs > KEEP_DAYS * 86_400_000) return null
      return kept
    } catch {
      return null // not ours
    }
  }

  #write(name: string, kept: Kept): void {
    this.around.shelf.put(name, JSON.stringify(kept))
  }
}

function refusal(body: unknown): { code: string; detail: string } {
  const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown }
  return {
    code: typeof code === 'string' ? code : 'internal',
    detail: typeof detail === 'string' ? detail : '',
  }
}

function browser(): Surroundings {
  return {
    shelf: shelf(() => localStorage),
    random: browserRandom,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    nowMs: () => Date.now(),
    async post(path, body) {
      const giveUp = new AbortController()
      const timer = setTimeout(() => giveUp.abort(), ANSWER_WITHIN_MS)
      try {
        const response = await fetch(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
          credentials: 'omit', // nothing says who casts
          referrerPolicy: 'no-referrer',
          cache: 'no-store',
          signal: giveUp.signal,
        })
        return { status: response.status, body: await response.json().catch(() => null) }
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
