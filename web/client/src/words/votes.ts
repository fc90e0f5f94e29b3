/** v(): the words of voting. */

import { words } from '.'
import { votesEn } from './votes-en'
import { votesZh } from './votes-zh'

export type VotesKey = keyof typeof votesZh

export const v = words<VotesKey>(votesZh, votesEn)
