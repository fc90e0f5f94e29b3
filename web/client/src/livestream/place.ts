/** Where a moment is in a recording, as its playlist says. */

import { request } from '../api'
import { segmentsOf } from './addresses'
import { positionAt } from './moment'

/**
 * Seconds from its start.
 *
 * @param url of a multivariant playlist
 * @returns null: nothing was recorded, or it could not be asked; the player says what is wrong
 */
export async function placeOf(url: string, atMs: number): Promise<number | null> {
  try {
    return positionAt(await (await request(segmentsOf(url))).text(), atMs)
  } catch {
    return null
  }
}
