/**
 * Blind signatures, the voter's side: RSABSSA-SHA384-PSS-Deterministic of RFC 9474.
 *
 * With BigInt and without `crypto.subtle`, which browsers withhold on plain HTTP. None of it touches
 * a private key, and what is secret here (the blinding factor) is used once: arithmetic that takes
 * longer for one number than for another tells nobody anything.
 */
import { sha384 } from '@noble/hashes/sha2.js'

const EXPONENT = 65537n
const HASH_BYTES = 48 // of SHA-384
const SALT_BYTES = 48 // sLen of the PSS variants
export const SERIAL_BYTES = 32

/** A paper on its way to be signed. Everything but `message` is the voter's secret. */
export interface Blinded {
  /** Hexadecimal, as all here: it can be kept as it is. */
  serial: string
  message: string
  inverse: string
}

export type Random = (bytes: number) => Uint8Array

/** From the browser; works on plain HTTP too. */
export const browserRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes))

/**
 * Blind a paper (RFC 9474, section 4.2).
 *
 * @param key modulus of the vote's public key, hexadecimal
 * @throws RangeError if the key is none
 */
export function blind(key: string, serial: Uint8Array, random: Random = browserRandom): Blinded {
  const modulus = BigInt(`0x${key}`)
  const length = bytesOf(modulus)
  if (length < 2 * HASH_BYTES + 2) throw new RangeError('no key')
  const encoded = toInt(encodePss(serial, bitsOf(modulus) - 1, random(SALT_BYTES)))
  for (;;) {
    const factor = toInt(random(length))
    if (factor < 1n || factor >= modulus) continue
    const inverse = invert(factor, modulus)
    if (inverse === null) continue // it would divide the modulus: nobody ever sees this
    const message = (encoded * power(factor, EXPONENT, modulus)) % modulus
    return { serial: toHex(serial), message: hex(message, length), inverse: hex(inverse, length) }
  }
}

/**
 * Make the paper's own signature of the blind one (RFC 9474, section 4.4); null if the signer
 * cheats, or something was lost on the way.
 */
export function unblind(key: string, paper: Blinded, blindSignature: string): string | null {
  if (!/^[0-9a-f]+$/.test(blindSignature)) return null
  const modulus = BigInt(`0x${key}`)
  const signature = (BigInt(`0x${blindSignature}`) * BigInt(`0x${paper.inverse}`)) % modulus
  const finished = hex(signature, bytesOf(modulus))
  return verify(key, fromHex(paper.serial), finished) ? finished : null
}

/** Whether `signature` is one over `message` by the key of this modulus (RFC 8017, 8.1.2). */
export function verify(key: string, message: Uint8Array, signature: string): boolean {
  const modulus = BigInt(`0x${key}`)
  const length = bytesOf(modulus)
  if (signature.length !== 2 * length || !/^[0-9a-f]+$/.test(signature)) return false
  const number = BigInt(`0x${signature}`)
  if (number >= modulus) return false
  const bits = bitsOf(modulus) - 1
  const encoded = fromHex(hex(power(number, EXPONENT, modulus), length))
  // EMSA-PSS works on one bit less than the modulus has; that may be a whole byte.
  const block = encoded.subarray(length - Math.ceil(bits / 8))
  if (block.length < length && encoded[0] !== 0) return false
  return verifyPss(message, block, bits)
}

/** EMSA-PSS-ENCODE with SHA-384 (RFC 8017, section 9.1.1). */
function encodePss(message: Uint8Array, bits: number, salt: Uint8Array): Uint8Array {
  const length = Math.ceil(bits / 8)
  const hash = sha384(join(new Uint8Array(8), sha384(message), salt))
  const data = new Uint8Array(length - HASH_BYTES - 1)
  data[data.length - salt.length - 1] = 1
  data.set(salt, data.length - salt.length)
  const masked = xor(data, mask(hash, data.length))
  masked[0] = masked[0]! & (0xff >> (8 * length - bits))
  return join(masked, hash, Uint8Array.of(0xbc))
}

/** EMSA-PSS-VERIFY with SHA-384 (RFC 8017, section 9.1.2). */
function verifyPss(message: Uint8Array, block: Uint8Array, bits: number): boolean {
  const hashAt = block.length - HASH_BYTES - 1
  if (hashAt < SALT_BYTES + 1 || block[block.length - 1] !== 0xbc) return false
  const masked = block.subarray(0, hashAt)
  const hash = block.subarray(hashAt, hashAt + HASH_BYTES)
  const unused = 8 * block.length - bits
  if (masked[0]! >> (8 - unused)) return false
  const data = xor(masked, mask(hash, masked.length))
  data[0] = data[0]! & (0xff >> unused)
  const oneAt = data.length - SALT_BYTES - 1
  if (data.subarray(0, oneAt).some((byte) => byte !== 0) || data[oneAt] !== 1) return false
  const salt = data.subarray(oneAt + 1)
  return same(hash, sha384(join(new Uint8Array(8), sha384(message), salt)))
}

/** MGF1 with SHA-384 (RFC 8017, appendix B.2.1). */
function mask(seed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(length / HASH_BYTES) * HASH_BYTES)
  for (let block = 0; block * HASH_BYTES < length; block++) {
    out.set(sha384(join(seed, Uint8Array.of(0, 0, 0, block))), block * HASH_BYTES)
  }
  return out.subarray(0, length)
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base % modulus; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** Inverse by the extended Euclidean algorithm; null if there is none. */
function invert(number: bigint, modulus: bigint): bigint | null {
  let [a, b] = [number, modulus]
  let [x, y] = [1n, 0n]
  while (b > 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return a === 1n ? ((x % modulus) + modulus) % modulus : null
}

function bitsOf(number: bigint): number {
  return number.toString(2).length
}

function bytesOf(number: bigint): number {
  return Math.ceil(bitsOf(number) / 8)
}

function hex(number: bigint, bytes: number): string {
  return number.toString(16).padStart(2 * bytes, '0')
}

function toInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`)
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @throws RangeError if it is no whole number of bytes in hexadecimal */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 || !/^[0-9a-f]*$/.test(text)) throw new RangeError('not hexadecimal')
  return Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    Number.parseInt(text.slice(2 * at, 2 * at + 2), 16),
  )
}

function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, at) => byte ^ b[at]!)
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}
