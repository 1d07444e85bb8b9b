// The provider's side of the oblivious function: RFC 9497, OPRF(ristretto255, SHA-512), mode 0x00. The twin of oprf.py.
import { ristretto255_oprf as suite } from '@noble/curves/ed25519.js'

const DIGEST_BYTES = 32 // of the 64 bytes of an output

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

export function fromHex(text) {
  if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/.test(text)) throw new TypeError('not hexadecimal')
  return Uint8Array.from({ length: text.length / 2 }, (_, place) => parseInt(text.slice(2 * place, 2 * place + 2), 16))
}

/** { blind, blinded }: the scalar that stays here and the point that is sent. */
export const blind = (input, random) => suite.oprf.blind(input, random)

/** The output of 64 bytes; throws where the answer is no point of the group or its identity. */
export const finalize = (input, scalar, evaluated) => suite.oprf.finalize(input, scalar, evaluated)

export const digest = (input, scalar, evaluated) => finalize(input, scalar, evaluated).slice(0, DIGEST_BYTES)
