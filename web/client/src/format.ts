/** Times and shares as people read them. */

/** 65_000 -> "1:05"; never below zero. */
export function clockTime(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(total / 3600)
  const minutes = Math.floor((total % 3600) / 60)
  const seconds = String(total % 60).padStart(2, '0')
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`
}

/** What is left, rounded up: "0:01" is shown until the end, then "0:00". */
export function countdown(ms: number): string {
  return clockTime(Math.ceil(ms / 1000) * 1000)
}

/** Wall clock on this device: "14:05". */
export function hourMinute(ms: number): string {
  const at = new Date(ms)
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
}

/** "11月22日 14:00" or, in English, "22 Nov, 14:00". */
export function dayTime(ms: number, language: string): string {
  return new Intl.DateTimeFormat(language, {
    month: language === 'en' ? 'short' : 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(ms)
}

/** "2026年11月22日 星期日" */
export function longDay(ms: number, language: string): string {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    weekday: 'long',
  }).format(ms)
}

/** Share of a whole in percent: whole numbers, and 0 of 0 is 0. */
export function percent(part: number, whole: number): string {
  return whole ? `${Math.round((part / whole) * 100)}%` : '0%'
}
