/** Short notices at the edge of the screen, read out by screen readers. */

import { reactive } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'plain' | 'good' | 'bad'
}

const SHOWN_MS = 5_000
const SHOWN_MAX = 3

export const toasts = reactive<Toast[]>([])

let next = 1

export function toast(text: string, tone: Toast['tone'] = 'plain'): void {
  // The same words twice are one notice: a retry must not fill the screen.
  if (toasts.some((one) => one.text === text)) return
  const id = next++
  toasts.push({ id, text, tone })
  while (toasts.length > SHOWN_MAX) toasts.shift()
  window.setTimeout(() => dismiss(id), SHOWN_MS)
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((one) => one.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
