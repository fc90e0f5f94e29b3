/** English. A key that is missing here, or too many, fails the type check. */

import type { Key } from '../zh'
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

export const en: Record<Key, string> = {
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
}
