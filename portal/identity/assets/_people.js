// Which column of a list is what, and who stands in its lines. The twin of people.py.
import { checkBirthNumber } from './_birth_number.js'
import { readDate, sameDay } from './_dates.js'
import { linkageInputs, normalise, readSex } from './_kinds.js'
import { nameWords, simple } from './_names.js'
import words from './_words.json' with { type: 'json' }

const HEADINGS = new Map(Object.entries(words.headings).flatMap(([field, names]) => names.map((name) => [name, field])))
const KEPT = new Set(words.kept_headings)
const HANDED_ON = words.handed_on // field -> the heading it is given
const MIN_TELLING = 3
const MIN_DIGITS = 8

const PLACE_WORDS = ['obec', 'obce', 'municipality']

export const headingOf = (field) => HANDED_ON[field]
export const plainHeading = (text) => simple(text).replace(/[^a-z0-9]+/g, ' ').trim()

const isPlace = (heading) => plainHeading(heading).split(' ').some((word) => PLACE_WORDS.includes(word))

/** A code of the municipality goes before its name. */
export const withoutSecondPlace = (places, kept) =>
  'municipality' in places ? kept.filter(([name, place]) => place === places.municipality || !isPlace(name)) : kept

/** { places: { field: column from 0 }, kept: [[heading, column]] }; each field at its first column. */
export function findColumns(headings) {
  const places = {}
  const kept = []
  headings.forEach((heading, place) => {
    const plain = plainHeading(heading)
    const field = HEADINGS.get(plain)
    const isNew = field !== undefined && !(field in places)
    if (isNew) places[field] = place
    if (isNew && field in HANDED_ON) kept.push([HANDED_ON[field], place])
    else if (plain && KEPT.has(plain)) kept.push([heading.trim(), place])
  })
  return { places, kept: withoutSecondPlace(places, kept) }
}

/** Whether anybody can be told by these columns: a birth number, or a name with a date. */
export function areEnough(places) {
  const hasName = ('given' in places && 'surname' in places) || 'given_surname' in places || 'surname_given' in places
  return 'birth_number' in places || (hasName && 'born' in places)
}

const isTitle = (part) => nameWords(`jan ${part}`).length === 1

/** [given, surname] of a whole name: the surname is its first or its last part, titles aside. */
export function divideName(text, surnameFirst) {
  const parts = text.split(/\s+/).filter((part) => nameWords(part).length && !isTitle(part))
  if (!parts.length) return ['', '']
  const surname = surnameFirst ? parts.shift() : parts.pop()
  return [parts.join(' '), surname]
}

export function identityOf(cells, places) {
  const cell = (field) => (field in places ? cells[places[field]] ?? '' : '')
  let [given, surname] = [cell('given'), cell('surname')]
  if (!(given && surname)) {
    if ('given_surname' in places) [given, surname] = divideName(cell('given_surname'), false)
    else if ('surname_given' in places) [given, surname] = divideName(cell('surname_given'), true)
  }
  const [born, birthNumber] = [cell('born'), cell('birth_number')]
  return { given, surname, born, birthNumber, sex: cell('sex'), municipality: cell('municipality') }
}

/** What cannot be read or is doubtful: [{ code, field, isWarning }]. A birth number only warns. */
export function faultsOf(who, today = null) {
  const [born, sex] = [readDate(who.born), readSex(who.sex)]
  const found = []
  if (who.born.trim() && born === null) found.push({ code: 'no_date', field: 'born', isWarning: false })
  if (who.sex.trim() && sex === null) found.push({ code: 'no_sex', field: 'sex', isWarning: true })
  const { doubt } = checkBirthNumber(who.birthNumber, born, sex, today)
  if (doubt !== null) found.push({ code: doubt, field: 'birth_number', isWarning: true })
  return found
}

/** A birth number, or the name with the date of birth, tell a person; less would not. */
export const isEnough = (inputs) => inputs[0] !== null || inputs[1] !== null

/** Whether a text holds the person's name, date of birth or birth number. */
export function tells(text, who) {
  const names = new Set([...nameWords(who.given), ...nameWords(who.surname)].filter((word) => word.length >= MIN_TELLING))
  const digits = simple(text).replace(/[^0-9]+/g, '')
  const number = who.birthNumber.replace(/[^0-9]+/g, '')
  const hasNumber = number.length >= MIN_DIGITS && (digits.includes(number) || digits === number.slice(0, 6))
  const hasName = simple(text).split(/[^a-z]+/).some((word) => names.has(word))
  return hasName || hasNumber || sameDay(readDate(text), readDate(who.born))
}

/** A person of a list: { line, inputs, birthYear, kept, faults, isCoded }. A line is { number, cells }. */
export function listed(line, { places, kept }, today = null) {
  const who = identityOf(line.cells, places)
  const inputs = linkageInputs(who)
  const faults = faultsOf(who, today)
  if (!isEnough(inputs)) faults.push({ code: 'not_enough', field: '', isWarning: false })
  const cells = kept.map(([heading, place]) => {
    const text = line.cells[place] ?? ''
    if (isPlace(heading) || !tells(text, who)) return text
    faults.push({ code: 'telling', field: heading, isWarning: true })
    return ''
  })
  const born = normalise(who).born
  const isCoded = faults.every((fault) => fault.isWarning)
  return { line: line.number, inputs, birthYear: born && born[0], kept: cells, faults, isCoded }
}
