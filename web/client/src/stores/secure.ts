/**
 * The way from a plain HTTP page, where browsers give no camera, to the same meeting over HTTPS.
 *
 * Residents come by plain HTTP on a local network, so that no phone warns of a certificate. Who is
 * granted the floor goes on as the same person at the secure address: token and name travel in the
 * fragment, which browsers do not send.
 */

import { inject, provide, type InjectionKey } from 'vue'

export interface Handover {
  token: string
  name: string
}

/** Whether this page may ask for camera and microphone at all. */
export function cameraAllowed(): boolean {
  return window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia)
}

/** @param room the room's page at the secure address */
export function handoverLink(room: string, { token, name }: Handover): string {
  return `${room}#${new URLSearchParams({ t: token, n: name })}`
}

/** Who was handed over to this page; null: nobody. */
export function handedOver(fragment: string): Handover | null {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''))
  const token = fields.get('t')
  const name = fields.get('n')
  return token && name ? { token, name } : null
}

const KEY: InjectionKey<string | null> = Symbol('secure')

/** @param link for this person; null: the service has no HTTPS */
export function provideSecureLink(link: string | null): void {
  provide(KEY, link)
}

export function useSecureLink(): string | null {
  return inject(KEY, null)
}
