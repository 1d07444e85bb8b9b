// Names of people as they are written, brought to one form. The twin of names.py; the same vectors test both.
import words from './_words.json' with { type: 'json' }

const LETTERS = new Map([...Object.entries(words.letters), ...Array.from(words.joining, (mark) => [mark, ''])])
const TITLES = new Set(words.titles)
const CAREFUL_TITLES = new Set(words.titles_with_dot_or_after_comma)
const TITLE_PAIRS = new Set(words.title_pairs)
const GENERATIONS = new Set(words.generations)
const BORN_AS = new Set(words.born_as)
const PARTICLES = new Set(words.particles)
const UNKNOWN = new Set(words.unknown)

const BRACKETED = /[([{][^\n]*/u
const NOT_WRITTEN = /[\u00ad\u200b-\u200f\u2060\ufeff]/gu

function letter(mark) {
  let known = LETTERS.get(mark)
  if (known === undefined) {
    known = spelled(mark)
    LETTERS.set(mark, known)
  }
  return known
}

function spelled(mark) {
  if ('.,/'.includes(mark)) return mark
  const parts = Array.from(mark.normalize('NFKD'))
  const kept = parts.filter((part) => /^[a-z0-9]$/.test(part)).join('')
  if (kept) return kept
  return parts.every((part) => part >= '\u0300' && part <= '\u036f') ? '' : ' '
}

/** The text in a-z, 0-9, dots, commas, slashes and spaces. */
export function simple(text) {
  return Array.from(text.replace(NOT_WRITTEN, '').normalize('NFC').toLowerCase(), letter).join('')
}

const isTitle = (piece, careful) => TITLES.has(piece) || (careful && CAREFUL_TITLES.has(piece))

function piecesWithoutTitles(chunk, afterComma) {
  const careful = chunk.includes('.') || afterComma
  if (isTitle(chunk.replaceAll('.', ''), careful)) return []
  return chunk.split('.').filter((piece) => piece && !isTitle(piece, careful))
}

function withoutPairs(found) {
  const kept = []
  for (const word of found) {
    if (kept.length && TITLE_PAIRS.has(`${kept.at(-1)} ${word}`)) kept.pop()
    else kept.push(word)
  }
  return kept
}

function untilAnotherName(found) {
  const place = found.findIndex((word, at) => at > 0 && BORN_AS.has(word))
  return place < 0 ? found : found.slice(0, place)
}

/** The words of a name in the order typed, without titles; none where there is no name or it says "unknown". */
export function nameWords(text) {
  const plain = simple(text.replace(BRACKETED, '')).replace(/[^a-z.,]+/g, ' ')
  let found = plain
    .split(',')
    .flatMap((part, place) => part.split(' ').flatMap((chunk) => piecesWithoutTitles(chunk, place > 0)))
  found = untilAnotherName(withoutPairs(found))
  while (found.length > 1 && GENERATIONS.has(found.at(-1))) found.pop()
  if (!found.length) found = plain.split(/[ .,]+/).filter(Boolean).slice(0, 1)
  return found.every((word) => UNKNOWN.has(word)) ? [] : found
}

const MIN_STEM = 3

/** What the surnames of a man and a woman of one family have in common. */
export function stem(word) {
  let shorter = word.replace(/(?:ova|eva|ov|ev)$/, '')
  if (shorter === word || shorter.length < MIN_STEM) {
    shorter = /[aeiouy]$/.test(word) && word.length > MIN_STEM ? word.slice(0, -1) : word
  }
  return shorter.length > MIN_STEM + 1 ? shorter.replace(/([^aeiouy])e([lcknr])$/, '$1$2') : shorter
}

const SOUNDS = [
  ['shch', 's'], ['tsch', 'c'], ['sch', 's'], ['sh', 's'], ['sz', 's'], ['zh', 's'], ['ch', 'h'], ['kh', 'h'],
  ['ck', 'k'], ['cz', 'c'], ['tz', 'c'], ['ts', 'c'], ['ds', 'c'], ['th', 't'], ['ph', 'f'], ['qu', 'kv'], ['q', 'k'],
  ['w', 'v'], ['x', 'ks'], ['y', 'i'], ['j', 'i'], ['b', 'p'], ['d', 't'], ['g', 'k'], ['v', 'f'], ['z', 's']
]
const once = (word) => word.replace(/(.)\1+/g, '$1')

/** A short code of how a folded word sounds. */
export function sound(word) {
  for (const [written, heard] of SOUNDS) word = word.replaceAll(written, heard)
  word = once(word)
  const begins = /^[aeiou]/.test(word) ? 'a' : ''
  return begins + once(word.replace(/[aeiou]+/g, ''))
}

const NO_NAME = { full: '', first: '', stem: '', last: '', sound: '' }

export function surnameForms(text) {
  const found = nameWords(text)
  if (!found.length) return NO_NAME
  const withoutParticles = found.filter((word) => !PARTICLES.has(word))
  const own = withoutParticles.length ? withoutParticles : found
  const root = stem(own[0])
  return { full: [...own].sort().join('-'), first: own[0], stem: root, last: stem(own.at(-1)), sound: sound(root) }
}

export function givenForms(text) {
  const found = nameWords(text)
  if (!found.length) return NO_NAME
  const [first] = found
  return { full: [...found].sort().join('-'), first, stem: first, last: found.at(-1), sound: sound(first) }
}
