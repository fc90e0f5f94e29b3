/** Whether this device shows captions: remembered, since who needs them needs them every time. */

import { ref } from 'vue'

const STORE_KEY = 'yishi.captions'

function remembered(): boolean {
  try {
    return localStorage.getItem(STORE_KEY) === 'on'
  } catch {
    return false
  }
}

export const captionsWanted = ref(remembered())

export function wantCaptions(on: boolean): void {
  captionsWanted.value = on
  try {
    localStorage.setItem(STORE_KEY, on ? 'on' : 'off')
  } catch {
    // Not kept in private mode.
  }
}
