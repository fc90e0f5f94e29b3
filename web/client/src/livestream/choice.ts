/** How much of the programme a viewer wants to load; kept on the device. */

/** By the line; the large picture; the small one; no picture. */
export const CHOICES = ['auto', 'clear', 'save', 'sound'] as const
export type Choice = (typeof CHOICES)[number]

const CHOICE_KEY = 'yishi.programme'

/** What was chosen last; by the line if nothing was, or where nothing can be kept. */
export function keptChoice(): Choice {
  try {
    const kept = localStorage.getItem(CHOICE_KEY)
    return CHOICES.find((choice) => choice === kept) ?? 'auto'
  } catch {
    return 'auto'
  }
}

/** Remember it. */
export function keepChoice(choice: Choice): void {
  try {
    localStorage.setItem(CHOICE_KEY, choice)
  } catch {
    // A private window: it holds for this page.
  }
}

/**
 * Which of a multivariant playlist's levels is loaded.
 *
 * @param heights of the levels' pictures, in their order
 * @returns its place; -1: the player changes between them by the line
 */
export function levelFor(choice: Choice, heights: readonly number[]): number {
  if (choice === 'clear') return heights.indexOf(Math.max(...heights))
  if (choice === 'save') return heights.indexOf(Math.min(...heights))
  return -1
}
