/** The rules of the queue, and why somebody stands where, in words. */

import { clockTime } from '../format'
import { t } from '../words'
import type { FloorRules, Place, ReasonView, WaitingView } from '../wire/generated'

/** "1 分钟", "90 秒" */
export function lengthWords(seconds: number): string {
  return seconds % 60 ? t('vote.time_s', { n: seconds }) : t('floor.usual', { n: seconds / 60 })
}

/** The rules in one line: the mode, what orders it, how long a speech is. */
export function rulesWords(rules: FloorRules, usualS: number): string {
  const order = rules.mode === 'open' ? rules.order.map((one) => t(`order.${one}`)) : []
  return [t(`mode.${rules.mode}`), ...order, lengthWords(rules.speech_s ?? usualS)].join(' · ')
}

/** One reason why a hand goes before those behind it. */
export function reasonWords(reason: ReasonView): string {
  switch (reason.code) {
    case 'place_turn':
    case 'side_turn':
      return t(`reason.${reason.code}`, { group: groupWords(reason.group) })
    case 'least_time':
      return t('reason.least_time', { time: clockTime(reason.value) })
    case 'listed':
    case 'drawn':
    case 'waited':
      return t(`reason.${reason.code}`, { n: reason.value })
    default:
      return t(`reason.${reason.code}`)
  }
}

/** All that puts a hand where it is, the weightiest first; why it is behind another, if nothing does. */
export function standingWords(waiting: Pick<WaitingView, 'reasons' | 'behind'>): string {
  if (waiting.reasons.length) return waiting.reasons.map(reasonWords).join('；')
  return waiting.behind ? t('reason.behind', { rule: t(`behind.${waiting.behind}`) }) : ''
}

/** A group of speakers: where they are, or on which side. */
export function groupWords(group: string): string {
  const known: Record<string, string> = {
    room: t('place.room'),
    link: t('place.link'),
    online: t('place.online'),
    for: t('side.for'),
    against: t('side.against'),
  }
  return known[group] ?? group
}

export function placeWords(place: Place | null): string {
  return place ? t(`place.${place}`) : ''
}
