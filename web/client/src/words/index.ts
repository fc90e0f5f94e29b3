/** t(): the word for a key, in the language of the page. */

import { ref } from 'vue'
import { en } from './en'
import { zh, type Key } from './zh'

export type { Key }
export type Language = 'zh-CN' | 'en'

const STORE_KEY = 'yishi.language'
const DICTIONARIES: Record<Language, Record<Key, string>> = { 'zh-CN': zh, en }

/** Chinese unless somebody chose otherwise: most phones of foreign make say English and mean nothing by it. */
export const language = ref<Language>(remembered())

export type Values = Readonly<Record<string, string | number>>

export function t(key: Key, values: Values = {}): string {
  return fill(DICTIONARIES[language.value][key], values)
}

/** A t() of its own, for pages that few people open: their words are fetched with them. */
export function words<K extends string>(chinese: Record<K, string>, english: Record<K, string>) {
  return (key: K, values: Values = {}): string =>
    fill((language.value === 'en' ? english : chinese)[key], values)
}

/** The words for a refusal or error code of the service. */
export function codeWords(code: string): string {
  const key = `code.${code}`
  return key in zh ? t(key as Key) : t('code.unknown', { code })
}

export function setLanguage(next: Language): void {
  language.value = next
  document.documentElement.lang = next
  try {
    localStorage.setItem(STORE_KEY, next)
  } catch {
    // Not kept in private mode.
  }
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

function remembered(): Language {
  try {
    return localStorage.getItem(STORE_KEY) === 'en' ? 'en' : 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}
