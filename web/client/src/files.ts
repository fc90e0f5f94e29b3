/** What a page hands to the device: text to the clipboard, files to the downloads. */

export const REVOKE_AFTER_MS = 60_000 // long enough for a slow phone to begin the download

/** @param field shows the text; without HTTPS there is no clipboard interface, but the old command */
export async function copyText(text: string, field: HTMLInputElement | undefined): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    field?.select()
    document.execCommand('copy')
  }
}

export function saveFile(data: Blob, name: string): void {
  const url = URL.createObjectURL(data)
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = name
  anchor.click()
  window.setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS)
}
