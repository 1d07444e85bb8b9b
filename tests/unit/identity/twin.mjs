// Runs the browser's modules for the tests: a JSON list of [name of what to do, ...arguments] in, a list of results out.
import { readFileSync } from 'node:fs'
import { checkBirthNumber } from '../../../portal/identity/assets/_birth_number.js'
import { KINDS, linkageInputs, oprfInput } from '../../../portal/identity/assets/_kinds.js'
import { areEnough, findColumns, listed } from '../../../portal/identity/assets/_people.js'
import { blind, digest, finalize, fromHex, toHex } from '../../../portal/identity/assets/_oprf.js'

// The library makes a scalar r of random bytes as (number modulo (order - 1)) + 1: these bytes make the given one.
const bytesFor = (scalar) => (length) => {
  let number = 0n
  for (const byte of fromHex(scalar).reverse()) number = (number << 8n) + BigInt(byte)
  number -= 1n
  return Uint8Array.from({ length }, () => {
    const byte = Number(number & 255n)
    number >>= 8n
    return byte
  })
}

const doing = {
  kinds: () => KINDS.map(([code]) => code),
  inputs: (identities) => identities.map(linkageInputs),
  checks: (texts, born, sex, today) => texts.map((text) => checkBirthNumber(text, born, sex, today)),
  columns: (headings) => findColumns(headings).places,
  listed: (headings, rows, today) =>
    rows.map((cells, place) => listed({ number: place + 2, cells }, findColumns(headings), today)),
  enough: (headings) => areEnough(findColumns(headings).places),
  oprfInput: (kind, text) => toHex(oprfInput(kind, text)),
  blind: (input, scalar) => {
    const made = blind(fromHex(input), scalar ? bytesFor(scalar) : undefined)
    return { blind: toHex(made.blind), point: toHex(made.blinded) }
  },
  finalize: (input, scalar, evaluated) => toHex(finalize(fromHex(input), fromHex(scalar), fromHex(evaluated))),
  digest: (input, scalar, evaluated) => toHex(digest(fromHex(input), fromHex(scalar), fromHex(evaluated)))
}

const answer = ([name, ...values]) => {
  try {
    return doing[name](...values)
  } catch (error) {
    return { error: error.message }
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(answer)))
