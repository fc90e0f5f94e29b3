/** A recording with what was said beside it: which chapter it is in, and what has happened so far. Pure. */

import { lengthOf, positionIn, type Piece } from '../livestream/moment'
import type { CommentView, VoteView } from '../wire/generated'

export type ChapterKind = 'item' | 'speech' | 'vote'

export interface Chapter {
  kind: ChapterKind
  /** Of the agenda item; of a speech or a vote its entry in the record. */
  id: number
  label: string
  at_ms: number
  /** null: it had no end. */
  until_ms: number | null
}

/** `GET /api/meetings/ID/moments`; meetings/minutes/moments.py. */
export interface Moments {
  meeting: string
  title: string
  room: string
  /** In the order of time. */
  chapters: Chapter[]
  /** Those that are over, in the order of their ends. */
  votes: VoteView[]
  /** Public ones, in the order of the moments that they answer. */
  comments: CommentView[]
  /** There may be more than are told. */
  comments_total: number
}

/** What was told beside the picture, at its moment. */
export type Happening = { key: string; atMs: number } & (
  | { comment: CommentView; vote?: undefined }
  | { vote: VoteView; comment?: undefined }
)

/** Comments and results in the order in which they are replayed. */
export function happenings(told: Pick<Moments, 'comments' | 'votes'>): Happening[] {
  const comments = told.comments.map((comment) => ({
    key: `comment ${comment.id}`,
    atMs: comment.seen_ms ?? comment.at_ms,
    comment,
  }))
  const results = told.votes.flatMap((vote) =>
    vote.closed_ms === null ? [] : [{ key: `vote ${vote.id}`, atMs: vote.closed_ms, vote }],
  )
  return [...comments, ...results].sort((a, b) => a.atMs - b.atMs)
}

/** How many have happened by then. */
export function happened(all: readonly Happening[], nowMs: number): number {
  let [low, high] = [0, all.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (all[middle]!.atMs <= nowMs) low = middle + 1
    else high = middle
  }
  return low
}

/** The chapters that a moment lies in: of each kind the last that began, unless it is over. */
export function chaptersAt(chapters: readonly Chapter[], nowMs: number): Chapter[] {
  const found = new Map<ChapterKind, Chapter>()
  for (const one of chapters) {
    if (one.at_ms > nowMs) break
    found.set(one.kind, one)
  }
  return [...found.values()].filter((one) => one.until_ms === null || nowMs < one.until_ms)
}

/** Where something lies on the bar of a recording. */
export interface Mark {
  key: string
  kind: ChapterKind | 'result'
  /** 0: its start, 1: its end. */
  share: number
}

/** The marks of chapters and results; none where nothing was recorded. */
export function marks(told: Pick<Moments, 'chapters' | 'votes'>, recorded: readonly Piece[]): Mark[] {
  const whole = lengthOf(recorded)
  if (!whole) return []
  const all = [
    ...told.chapters.map(({ kind, id, at_ms: atMs }) => ({ kind, key: `${kind} ${id} ${atMs}`, atMs })),
    ...told.votes.flatMap(({ id, closed_ms: atMs }) =>
      atMs === null ? [] : [{ kind: 'result' as const, key: `result ${id}`, atMs }],
    ),
  ]
  return all.map(({ kind, key, atMs }) => ({ kind, key, share: (positionIn(recorded, atMs) ?? 0) / whole }))
}

/** The address of a moment; web/links.py makes the same. */
export function momentLink(origin: string, room: string, meeting: string, atMs: number): string {
  const path = `${origin}/r/${encodeURIComponent(room)}`
  return `${path}?meeting=${encodeURIComponent(meeting)}&at=${Math.round(atMs)}`
}
