/** The device's wall clock as a reactive value, while somebody looks at it. */

import { onScopeDispose, ref, type Ref } from 'vue'

const EVERY_MS = 50 // screens side by side count down together: they may differ by 100 ms

const now = ref(Date.now())
let users = 0
let timer: number | undefined

export function useNow(): Readonly<Ref<number>> {
  users += 1
  if (users === 1) {
    now.value = Date.now()
    timer = window.setInterval(() => (now.value = Date.now()), EVERY_MS)
  }
  onScopeDispose(() => {
    users -= 1
    if (users === 0) window.clearInterval(timer)
  })
  return now
}
