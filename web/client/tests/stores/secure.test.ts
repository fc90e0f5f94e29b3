import { expect, test } from 'vitest'
import { handedOver, handoverLink } from '../../src/stores/secure'

test('a person is handed over whole, in the fragment alone', () => {
  const person = { token: 'eyJ.a-b_c', name: '李 & 王#1' }
  const link = new URL(handoverLink('https://192.0.2.7:8443/r/xingfuli', person))
  expect(link.origin + link.pathname + link.search).toBe('https://192.0.2.7:8443/r/xingfuli')
  expect(handedOver(link.hash)).toEqual(person)
})

test('a fragment without both is nobody', () => {
  for (const fragment of ['', '#main', '#t=token', '#n=name', '#t=&n=name']) {
    expect(handedOver(fragment)).toBeNull()
  }
})
