/** What stays at the top of a page while the rest scrolls covers whatever is scrolled beneath it. */

import { onBeforeUnmount, watch, type Ref } from 'vue'

/**
 * Keep `--covered` of a box that scrolls: the height of what sticks to its top, for
 * `scroll-padding-top`, so that what is scrolled to, or has the focus, is in sight.
 */
export function useCovered(
  box: Ref<HTMLElement | undefined>,
  sticks: Ref<HTMLElement | undefined>,
): void {
  const sizes = new ResizeObserver(() => {
    box.value?.style.setProperty('--covered', `${sticks.value?.offsetHeight ?? 0}px`)
  })
  watch(
    sticks,
    (now, before) => {
      if (before) sizes.unobserve(before)
      if (now) sizes.observe(now)
    },
    { flush: 'post', immediate: true },
  )
  onBeforeUnmount(() => sizes.disconnect())
}
