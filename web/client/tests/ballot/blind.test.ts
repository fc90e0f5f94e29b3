import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { blind, fromHex, toHex, unblind, verify, type Random } from '../../src/ballot/blind'

const VECTOR = JSON.parse(
  readFileSync(new URL('../../../../tests/fixtures/rfc9474.json', import.meta.url), 'utf8'),
) as Record<'n' | 'p' | 'q' | 'msg' | 'salt' | 'inv' | 'blinded_msg' | 'blind_sig' | 'sig', string>

const MESSAGE = fromHex(VECTOR.msg)

function inverse(number: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [number, modulus, 1n, 0n]
  while (b) [a, b, x, y] = [b, a % b, y, x - (a / b) * y]
  return ((x % modulus) + modulus) % modulus
}

/** Chance as the vector had it: first the salt, then the blinding factor. */
function asInTheVector(): Random {
  const modulus = BigInt(`0x${VECTOR.n}`)
  const factor = inverse(BigInt(`0x${VECTOR.inv}`), modulus)
  const drawn = [fromHex(VECTOR.salt), fromHex(factor.toString(16).padStart(1024, '0'))]
  return () => drawn.shift()!
}

describe('the vector of RFC 9474, appendix A.3', () => {
  test('is blinded as it is printed there', () => {
    const blinded = blind(VECTOR.n, MESSAGE, asInTheVector())
    expect(blinded).toEqual({
      serial: VECTOR.msg,
      message: VECTOR.blinded_msg,
      inverse: VECTOR.inv,
    })
  })

  test('is finished as it is printed there', () => {
    const blinded = blind(VECTOR.n, MESSAGE, asInTheVector())
    expect(unblind(VECTOR.n, blinded, VECTOR.blind_sig)).toBe(VECTOR.sig)
  })

  test('is verified, and nothing else is', () => {
    expect(verify(VECTOR.n, MESSAGE, VECTOR.sig)).toBe(true)
    expect(verify(VECTOR.n, MESSAGE.subarray(1), VECTOR.sig)).toBe(false)
    const changed = `${VECTOR.sig.slice(0, -1)}${VECTOR.sig.endsWith('2') ? '3' : '2'}`
    expect(verify(VECTOR.n, MESSAGE, changed)).toBe(false)
    expect(verify(VECTOR.n, MESSAGE, VECTOR.sig.slice(2))).toBe(false)
    expect(verify(VECTOR.n, MESSAGE, VECTOR.n)).toBe(false)
    expect(verify(VECTOR.n, MESSAGE, 'not a number')).toBe(false)
  })
})

describe('blinding', () => {
  test('hides the serial behind another number each time', () => {
    const [first, second] = [blind(VECTOR.n, MESSAGE), blind(VECTOR.n, MESSAGE)]
    expect(first.message).not.toBe(second.message)
    expect(first.message).toHaveLength(1024)
  })

  test('notices a signer that cheats', () => {
    const blinded = blind(VECTOR.n, MESSAGE)
    expect(unblind(VECTOR.n, blinded, VECTOR.blind_sig)).toBeNull()
    expect(unblind(VECTOR.n, blinded, 'zz')).toBeNull()
    expect(unblind(VECTOR.n, blinded, '')).toBeNull()
  })

  test('draws again what is no factor', () => {
    const modulus = BigInt(`0x${VECTOR.n}`)
    const drawn = [0n, modulus, BigInt(`0x${VECTOR.p}`), 5n].map((n) =>
      fromHex(n.toString(16).padStart(1024, '0')),
    )
    const blinded = blind(VECTOR.n, MESSAGE, (bytes) =>
      bytes === 48 ? new Uint8Array(48) : drawn.shift()!,
    )
    expect((BigInt(`0x${blinded.inverse}`) * 5n) % modulus).toBe(1n)
  })

  test('needs a key', () => {
    expect(() => blind('c5', MESSAGE)).toThrow(RangeError)
  })
})

test.each([2048, 2049])('signatures of others are verified, with a key of %i bits', (bits) => {
  // With a bit more than whole bytes, the padded message is a byte shorter than the key.
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const signature = sign('sha384', MESSAGE, { key: privateKey, padding: 6, saltLength: 48 })
  const jwk = createPublicKey(createPrivateKey(privateKey.export({ type: 'pkcs1', format: 'pem' })))
  const n = toHex(Buffer.from(jwk.export({ format: 'jwk' }).n!, 'base64url')).replace(/^0+/, '')
  expect(verify(n, MESSAGE, signature.toString('hex'))).toBe(true)
  expect(verify(n, fromHex('00'), signature.toString('hex'))).toBe(false)
  const short = sign('sha384', MESSAGE, { key: privateKey, padding: 6, saltLength: 20 })
  expect(verify(n, MESSAGE, short.toString('hex'))).toBe(false)
})

test('hexadecimal is read as it is written', () => {
  expect(toHex(fromHex('00ff10'))).toBe('00ff10')
  for (const wrong of ['0', 'zz', 'AB']) expect(() => fromHex(wrong)).toThrow(RangeError)
})
