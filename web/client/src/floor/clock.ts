/** What the clock of a speech shows, by the service's time. */

import type { HolderView } from '../wire/generated'

export interface SpeechClock {
  /** left: counts down; over: counts up beyond the end; spent: no end; paused: stands still. */
  kind: 'left' | 'over' | 'spent' | 'paused'
  /** Time left, beyond, or spent, milliseconds; never below zero. */
  ms: number
  /** The end is near, or past. */
  warn: boolean
}

/** @param nowMs the service's wall clock */
export function speechClock(holder: HolderView, nowMs: number): SpeechClock {
  if (holder.paused) {
    const ms = holder.left_ms ?? spentMs(holder, nowMs)
    return { kind: 'paused', ms, warn: holder.left_ms === 0 }
  }
  if (holder.until_ms === null) return { kind: 'spent', ms: spentMs(holder, nowMs), warn: false }
  const left = holder.until_ms - nowMs
  if (left <= 0) return { kind: 'over', ms: nowMs - holder.until_ms, warn: true }
  return { kind: 'left', ms: left, warn: holder.warning_ms !== null && nowMs >= holder.warning_ms }
}

/** How long the person has spoken, pauses apart. */
export function spentMs(holder: HolderView, nowMs: number): number {
  const running = holder.running_ms === null ? 0 : Math.max(0, nowMs - holder.running_ms)
  return holder.spent_ms + running
}
