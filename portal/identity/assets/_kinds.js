// Linkage inputs of one identity. The twin of kinds.py: the same kinds in the same order with the same strings.
import { checkBirthNumber } from './_birth_number.js'
import { iso, readDate } from './_dates.js'
import { givenForms, simple, surnameForms } from './_names.js'
import words from './_words.json' with { type: 'json' }

const VERSION = 1
const INITIALS = 3
const MEN = new Set(words.men)
const WOMEN = new Set(words.women)

export function readSex(text) {
  const plain = simple(text).replace(/^[ .]+|[ .]+$/g, '')
  return MEN.has(plain) ? 'm' : WOMEN.has(plain) ? 'f' : null
}

function readMunicipality(text) {
  const plain = simple(text).trim()
  return /^[0-9]{6}$/.test(plain) ? plain : null
}

/** An identity is { given, surname, born, birthNumber, sex, municipality }, all texts as typed. */
export function normalise(identity) {
  const born = identity.born ? readDate(identity.born) : null
  const sex = identity.sex ? readSex(identity.sex) : null
  const number = checkBirthNumber(identity.birthNumber ?? '', born, sex)
  return {
    given: givenForms(identity.given ?? ''),
    surname: surnameForms(identity.surname ?? ''),
    born: born ?? number.born,
    birthNumber: number.digits,
    sex: sex ?? number.sex,
    municipality: readMunicipality(identity.municipality ?? '')
  }
}

const joined = (...parts) => (parts.every(Boolean) ? parts.join('|') : null)
const bornOn = (who) => who.born && iso(who.born)
const bornEitherWay = ({ born }) => born && iso([born[0], Math.min(born[1], born[2]), Math.max(born[1], born[2])])
const namesEitherWay = (who) => joined(...[who.given.first, who.surname.first].sort())
const digitsEitherWay = (who) => who.birthNumber && [...who.birthNumber].sort().join('')

export const KINDS = [
  ['birth_number', (who) => who.birthNumber],
  ['names_born', (who) => joined(who.surname.full, who.given.first, bornOn(who))],
  ['names_born_exchanged', (who) => joined(who.surname.stem, who.given.first, bornEitherWay(who))],
  ['names_exchanged_born', (who) => joined(namesEitherWay(who), bornOn(who))],
  ['given_initials_born', (who) => joined(who.given.first, who.surname.first.slice(0, INITIALS), bornOn(who))],
  ['sounds_born', (who) => joined(who.surname.sound, who.given.sound, bornOn(who))],
  ['surname_sound_born', (who) => joined(who.surname.sound, bornOn(who))],
  ['given_born', (who) => joined(who.given.first, who.sex, bornOn(who))],
  ['names_year', (who) => joined(who.surname.stem, who.given.first, who.born && String(who.born[0]))],
  ['names_day', (who) => joined(who.surname.stem, who.given.first, who.born && iso(who.born).slice(5))],
  ['birth_number_digits', (who) => joined(digitsEitherWay(who), who.surname.sound)],
  ['born_municipality', (who) => joined(bornOn(who), who.sex, who.municipality)]
]

/** The strings of one identity, one for each kind; null where what it needs is not known. */
export function linkageInputs(identity) {
  const who = normalise(identity)
  return KINDS.map(([, derive]) => derive(who))
}

const encoder = new TextEncoder()

/** The bytes that are blinded for a string of a kind. */
export const oprfInput = (kind, text) => encoder.encode(`kissos/${VERSION}/${KINDS[kind][0]}/${text}`)
