// Dates as Czechs write them: the day first, unless the year is. The twin of dates.py.
import { simple } from './_names.js'
import words from './_words.json' with { type: 'json' }

const FIRST_YEAR = 1850
const LAST_YEAR = 2199
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const MONTHS = new Map(words.months.flatMap((names, place) => names.map((name) => [name, place + 1])))
const NOT_KNOWN = new Set(words.no_birth_dates)

const TIME = '(?:[t ]\\d{1,2} \\d{2}(?: \\d{2}(?: \\d+)?)?z?)?'
const YEAR_FIRST = new RegExp(`^(\\d{4}) (\\d{1,2}) (\\d{1,2})${TIME}$`)
const DAY_FIRST = new RegExp(`^(\\d{1,2}) (\\d{1,2}|[a-z]+) (\\d{4})${TIME}$`)
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/

const two = (number) => String(number).padStart(2, '0')
export const iso = ([year, month, day]) => `${year}-${two(month)}-${two(day)}`
export const sameDay = (one, other) => one !== null && other !== null && iso(one) === iso(other)

function daysInMonth(year, month) {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : DAYS[month - 1]
}

/** Whether the calendar has the day, and somebody may have been born on it. */
export function isDay([year, month, day]) {
  const inYear = year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12
  return inYear && day >= 1 && day <= daysInMonth(year, month)
}

function parts(plain) {
  const yearFirst = YEAR_FIRST.exec(plain) ?? COMPACT.exec(plain)
  if (yearFirst) return yearFirst.slice(1, 4).map(Number)
  const dayFirst = DAY_FIRST.exec(plain)
  if (!dayFirst) return null
  const month = /^\d/.test(dayFirst[2]) ? Number(dayFirst[2]) : MONTHS.get(dayFirst[2]) ?? 0
  return [Number(dayFirst[3]), month, Number(dayFirst[1])]
}

/** [year, month, day] of a date in any usual form, or null. */
export function readDate(text) {
  const found = parts(simple(text).replace(/[^a-z0-9]+/g, ' ').trim())
  return found && isDay(found) && !NOT_KNOWN.has(iso(found)) ? found : null
}
