/** The ballots of secret votes on this device: papers are taken as soon as a vote opens, and cast. */

import { computed, effectScope, reactive, ref, watch } from 'vue'
import { Papers, type Cast, type Sent, type Which } from '../ballot/papers'
import { voters, type Voter } from '../ballot/voters'
import type { VoteView } from '../wire/generated'
import { useMeeting, type Meeting } from './meeting'

/** What this device has of one voter's ballot in a secret vote. */
export interface OwnPapers {
  receipts: string[]
  sent: Sent
  /** Why a paper could not be taken; null: it was, or is on its way. */
  problem: string | null
}

export function openBallots(meeting: Pick<Meeting, 'sections' | 'askQuietly'>) {
  const problems = reactive(new Map<string, string>())
  const changes = ref(0) // what is kept in the browser's storage tells nobody when it changes
  const about = computed(() => meeting.sections.meeting?.id)
  const person = computed(() => meeting.sections.me?.person)
  // The same one for as long as the person is: where storage is closed it holds all papers.
  const papers = computed(() =>
    about.value && person.value
      ? new Papers(about.value, person.value, { ask: meeting.askQuietly })
      : null,
  )
  const seen = new Set<string>()

  async function take(vote: VoteView, which: Which): Promise<void> {
    const taken = await papers.value?.takeSoon(which, vote.paper_key)
    if (taken?.ok) problems.delete(nameOf(which))
    else if (taken) problems.set(nameOf(which), taken.code)
    changes.value += 1
  }

  watch(
    () => [meeting.sections.votes, meeting.sections.me, papers.value] as const,
    ([votes, me, its]) => {
      if (!me || !its) return
      for (const vote of votes?.votes ?? []) {
        if (vote.state !== 'open' || vote.rules.secrecy !== 'secret') continue
        for (const which of voters(vote, me).flatMap((voter) => papersOf(vote, voter))) {
          if (seen.has(nameOf(which))) continue
          seen.add(nameOf(which))
          void take(vote, which)
        }
      }
    },
    { immediate: true },
  )

  return {
    own(vote: VoteView, voter: Voter): OwnPapers {
      void changes.value
      const its = papers.value
      const which = papersOf(vote, voter)
      if (!its) return { receipts: [], sent: 'no', problem: null }
      const sent = which.map((one) => its.sent(one))
      return {
        receipts: which.flatMap((one) => its.receipt(one) ?? []),
        sent: sent.every((one) => one === 'yes') ? 'yes' : sent.every((one) => one === 'no') ? 'no' : 'maybe',
        problem: which.map((one) => problems.get(nameOf(one))).find(Boolean) ?? null,
      }
    },

    /**
     * Cast a voter's ballot: all papers of it, alike. Resolves once it is durable or refused.
     *
     * @param again called before it is sent once more
     */
    async cast(
      vote: VoteView,
      voter: Voter,
      marks: readonly number[],
      again: () => void,
    ): Promise<Cast> {
      const its = papers.value
      if (!its) throw new Error("can't happen: a ballot before the meeting is known")
      const one = async (which: Which): Promise<Cast> => {
        const taken = await its.take(which, vote.paper_key)
        if (!taken.ok) {
          problems.set(nameOf(which), taken.code)
          return taken
        }
        problems.delete(nameOf(which))
        return its.cast(which, taken.paper, marks, again)
      }
      const answers = await Promise.all(papersOf(vote, voter).map(one))
      changes.value += 1
      return answers.find((answer) => !answer.ok) ?? answers[0]!
    },
  }
}

export type Ballots = ReturnType<typeof openBallots>

const OPENED = new WeakMap<Meeting, Ballots>()

/** The one of this meeting, which lasts as long as it. */
export function useBallots(): Ballots {
  const meeting = useMeeting()
  let found = OPENED.get(meeting)
  if (!found) {
    found = effectScope(true).run(() => openBallots(meeting))!
    OPENED.set(meeting, found)
  }
  return found
}

/** A vote that weighs more has as many papers. */
function papersOf(vote: VoteView, voter: Voter): Which[] {
  return Array.from({ length: voter.weight }, (_, at) => ({
    vote: vote.id,
    person: voter.person,
    number: at + 1,
  }))
}

function nameOf({ vote, person, number }: Which): string {
  return `${vote} ${person ?? ''} ${number}`
}
