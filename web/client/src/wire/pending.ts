/**
 * Commands that were asked and not yet answered.
 *
 * They outlive the socket and the page: the service gives a repeated id the same answer, so asking
 * again is always safe, and a ballot is not lost because the bus drove into a tunnel. Commands older
 * than MAX_AGE_MS are given up: a forgotten "end the meeting" must not arrive an hour later.
 */

import type { Command } from './generated'

export const MAX_AGE_MS = 600_000
export const MAX_PENDING = 64

export interface PendingCommand {
  id: string
  command: Command
  askedMs: number
}

/** The part of `Storage` that is used; sessionStorage in pages. */
export interface Store {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export class Pending {
  readonly #store: Store | null
  readonly #key: string
  #commands = new Map<string, PendingCommand>()

  constructor(store: Store | null, key: string) {
    this.#store = store
    this.#key = key
    for (const one of this.#read()) this.#commands.set(one.id, one)
  }

  /** False: too many are waiting; nothing was kept. */
  add(one: PendingCommand): boolean {
    if (this.#commands.size >= MAX_PENDING) return false
    this.#commands.set(one.id, one)
    this.#write()
    return true
  }

  /** The command was answered; undefined: it was not waiting. */
  take(id: string): PendingCommand | undefined {
    const one = this.#commands.get(id)
    if (one) {
      this.#commands.delete(id)
      this.#write()
    }
    return one
  }

  has(id: string): boolean {
    return this.#commands.has(id)
  }

  /** In the order in which they were asked. */
  all(): PendingCommand[] {
    return [...this.#commands.values()]
  }

  expired(nowMs: number): PendingCommand[] {
    return this.all().filter((one) => nowMs - one.askedMs > MAX_AGE_MS)
  }

  #read(): PendingCommand[] {
    try {
      const kept: unknown = JSON.parse(this.#store?.getItem(this.#key) ?? '[]')
      return Array.isArray(kept) ? kept.filter(isPending).slice(0, MAX_PENDING) : []
    } catch {
      return [] // storage refused or spoilt: start empty
    }
  }

  #write(): void {
    try {
      if (this.#commands.size) this.#store?.setItem(this.#key, JSON.stringify(this.all()))
      else this.#store?.removeItem(this.#key)
    } catch {
      // Private mode or a full store: the command still lives as long as the page.
    }
  }
}

function isPending(value: unknown): value is PendingCommand {
  const one = value as Partial<PendingCommand> | null
  return (
    typeof one?.id === 'string' && typeof one.askedMs === 'number' && typeof one.command === 'object'
  )
}
