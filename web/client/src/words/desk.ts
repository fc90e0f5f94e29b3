/** d(): the words of the desk's console, which residents' phones never fetch. */

import { words } from '.'
import { deskEn } from './desk-en'
import { deskZh } from './desk-zh'

export type DeskKey = keyof typeof deskZh

export const d = words<DeskKey>(deskZh, deskEn)
