// Linkage inputs of one identity. The twin of kinds.py: the same kinds in the same order with the same strings.
import { checkBirthNumber, isCertain, isProven } from './_birth_number.js'
import { iso, readDate } from './_dates.js'
import { givenForms, simple, surnameForms } from './_names.js'
import words from './_words.json' with { type: 'json' }

const VERSION = 1
const BEGINNING = 2
const TAIL = 3
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
    born: isProven(number) && number.born ? number.born : (born ?? number.born),
    birthNumber: number.digits,
    certainNumber: isCertain(number) ? number.digits : null,
    sex: sex ?? number.sex,
    municipality: readMunicipality(identity.municipality ?? '')
  }
}

const joined = (...parts) => (parts.every(Boolean) ? parts.join('|') : null)
const bornOn = (who) => who.born && iso(who.born)
const bornEitherWay = ({ born }) => born && iso([born[0], Math.min(born[1], born[2]), Math.max(born[1], born[2])])
const yearAndMonth = (who) => who.born && iso(who.born).slice(0, 7)
const yearAndDay = ({ born }) => born && `${born[0]}-${born[2]}`
const dayOfYear = (who) => who.born && iso(who.born).slice(5)
const namesEitherWay = (who) => joined(...[who.given.first, who.surname.first].sort())
const surnameTail = ({ surname: { last } }) => (last.length > BEGINNING + 1 ? last.slice(BEGINNING) : last)

export const KINDS = [
  ['birth_number', (who) => who.certainNumber],
  ['names_either_way_born', (who) => joined(namesEitherWay(who), bornEitherWay(who))],
  ['sounds_born', (who) => joined(who.surname.sound, who.given.sound, bornOn(who))],
  ['given_initial_born', (who) => joined(who.given.first, who.surname.first.slice(0, 1), bornOn(who))],
  ['given_tail_born', (who) => joined(who.given.first, surnameTail(who), bornOn(who))],
  ['given_born_municipality', (who) => joined(who.given.first, bornOn(who), who.municipality)],
  ['surname_initial_born', (who) => joined(who.surname.stem, who.given.first.slice(0, 1), bornOn(who))],
  ['surname_tail_born', (who) => joined(who.surname.stem, who.given.first.slice(-TAIL), bornOn(who))],
  ['names_year_month', (who) => joined(who.surname.stem, who.given.first, yearAndMonth(who))],
  ['names_year_day', (who) => joined(who.surname.stem, who.given.first, yearAndDay(who))],
  ['names_day_of_year', (who) => joined(who.surname.stem, who.given.first, dayOfYear(who))],
  ['names_municipality', (who) => joined(who.surname.stem, who.given.first, who.municipality)]
]

/** The strings of one identity, one for each kind; null where what it needs is not known. */
export function linkageInputs(identity) {
  const who = normalise(identity)
  return KINDS.map(([, derive]) => derive(who))
}

const encoder = new TextEncoder()

/** The bytes that are blinded for a string of a kind. */
export const oprfInput = (kind, text) => encoder.encode(`kissos/${VERSION}/${KINDS[kind][0]}/${text}`)
