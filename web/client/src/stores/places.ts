/** Where pictures stand on the page, for `link.show`: the observers of the browser, and nothing else. */

/** A phone has three pixels where one is enough for a moving picture. */
const DENSITY_MAX = 2

/** What is about to be scrolled into sight is there when it is. */
const NEAR = '200px'

/**
 * @param placed told the height in pixels of the screen whenever it changes; 0: out of sight
 * @returns what ends it
 */
export function observePlace(element: Element, placed: (height: number) => void): () => void {
  // An old phone cannot tell: there everything counts as in sight.
  const observes = 'IntersectionObserver' in window && 'ResizeObserver' in window
  let inSight = !observes
  let told = -1
  const look = () => {
    const density = Math.min(window.devicePixelRatio || 1, DENSITY_MAX)
    const height = inSight ? Math.round(element.getBoundingClientRect().height * density) : 0
    if (height !== told) placed((told = height))
  }
  if (!observes) {
    look()
    return () => undefined
  }
  const sight = new IntersectionObserver(
    (entries) => {
      inSight = entries[entries.length - 1]?.isIntersecting ?? inSight
      look()
    },
    { rootMargin: NEAR },
  )
  const size = new ResizeObserver(look)
  sight.observe(element)
  size.observe(element)
  return () => {
    sight.disconnect()
    size.disconnect()
  }
}
