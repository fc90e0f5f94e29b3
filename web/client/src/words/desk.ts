/** d(): the words of the desk's console, which residents' phones never fetch. */

import { words } from '.'
import { deskEn } from './desk-en'
import { type DeskKey, deskZh } from './desk-zh'

export const d = words<DeskKey>(deskZh, deskEn)
