/** Whether two columns fit: the same width at which the pages' styles change. */

import { onScopeDispose, ref, type Ref } from 'vue'

const TWO_COLUMNS = '(min-width: 60rem)'

export function useWide(): Readonly<Ref<boolean>> {
  const query = window.matchMedia(TWO_COLUMNS)
  const wide = ref(query.matches)
  const look = () => (wide.value = query.matches)
  query.addEventListener('change', look)
  onScopeDispose(() => query.removeEventListener('change', look))
  return wide
}
