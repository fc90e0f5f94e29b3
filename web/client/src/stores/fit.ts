/** Words on a screen that nobody can scroll: written smaller until they fit their box. */

import { onBeforeUnmount, watch, type Ref } from 'vue'

const STEP = 0.05
const SMALLEST = 0.45 // of the usual size: the last row reads no less

/**
 * Keep `--fit` of a box that clips what overflows: the factor of all sizes within it, at most 1.
 *
 * @param content what the box is filled with: measured anew when it changes
 */
export function useFit(box: Ref<HTMLElement | undefined>, content: () => unknown): void {
  function measure(): void {
    const element = box.value
    if (!element) return
    for (let factor = 1; factor >= SMALLEST; factor -= STEP) {
      element.style.setProperty('--fit', factor.toFixed(2))
      if (element.scrollHeight <= element.clientHeight) return
    }
  }

  const sizes = new ResizeObserver(measure)
  watch(
    box,
    (now, before) => {
      if (before) sizes.unobserve(before)
      if (now) sizes.observe(now)
    },
    { flush: 'post', immediate: true },
  )
  watch(content, measure, { flush: 'post' })
  onBeforeUnmount(() => sizes.disconnect())
}
