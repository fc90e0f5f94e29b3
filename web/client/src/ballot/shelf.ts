/** The browser's storage, which may be full or closed: then things last as long as the page. */
export interface Shelf {
  get(name: string): string | null
  put(name: string, text: string): void
  drop(name: string): void
}

export function shelf(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): Shelf {
  const held = new Map<string, string>()
  const attempt = <T>(use: () => T): T | null => {
    try {
      return use()
    } catch {
      return null
    }
  }
  return {
    get: (name) => held.get(name) ?? attempt(() => storage().getItem(name)),
    put: (name, text) => {
      held.set(name, text)
      attempt(() => storage().setItem(name, text))
    },
    drop: (name) => {
      held.delete(name)
      attempt(() => storage().removeItem(name))
    },
  }
}
