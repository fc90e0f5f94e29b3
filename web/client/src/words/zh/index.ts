/**
 * Every word that people read on most pages, in Chinese first; the English ones in en/ are checked
 * against these keys. `{name}` is filled in by t(). Pages that few people open bring their own.
 */

import { comments } from './comments'
import { entry } from './entry'
import { floor } from './floor'
import { general } from './general'
import { host } from './host'
import { link } from './link'
import { live } from './live'
import { places } from './places'
import { refusals } from './refusals'
import { vote } from './vote'

export const zh = {
  ...general,
  ...entry,
  ...live,
  ...floor,
  ...vote,
  ...comments,
  ...link,
  ...host,
  ...places,
  ...refusals,
} as const

export type Key = keyof typeof zh
