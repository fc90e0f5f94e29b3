/** Keeps the screen on while a page is shown; where the browser has no such thing, it does nothing. */

import { onBeforeUnmount, onMounted } from 'vue'

export function useWakeLock(): void {
  let lock: WakeLockSentinel | null = null

  const hold = async () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    try {
      lock = await navigator.wakeLock.request('screen')
    } catch {
      // Low battery, or not a secure page: the screen may go dark, as it would anyway.
    }
  }
  onMounted(() => {
    document.addEventListener('visibilitychange', hold) // the browser lets go of it when hidden
    void hold()
  })
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', hold)
    void lock?.release()
  })
}
