// Birth numbers and the insurance numbers of foreigners. The twin of birth_number.py, where the rules are explained.
import { iso, isDay, sameDay } from './_dates.js'

const SPACES = /[\s\u0085\u001c-\u001f\u00ad\u200b-\u200f\u2060\ufeff/\-–.]+/gu
const NOT_GIVEN = new Set(['000', '999', '0000', '9999'])
const UNUSABLE = new Set(['shape', 'date', 'ending'])
const FAILED = new Set(['length', 'check_digit', 'late_exception'])
const nothing = (doubt) => ({ digits: null, born: null, sex: null, isInsuranceNumber: false, doubt })

function yearOf(digits) {
  const short = Number(digits.slice(0, 2))
  if (digits.length === 9) return short < 54 ? 1900 + short : 1800 + short
  return short >= 54 ? 1900 + short : 2000 + short
}

function readings(digits) {
  let year = yearOf(digits)
  let month = Number(digits.slice(2, 4)) % 50
  const day = Number(digits.slice(4, 6))
  if (digits.length === 9 && year < 1900) year += 100
  const withExtra = month > 20
  if (withExtra) month -= 20
  const found = []
  if (isDay([year, month, day]) && !(withExtra && year < 2004)) found.push([[year, month, day], false])
  for (const added of [50, 40]) {
    if (isDay([year, month, day - added])) found.push([[year, month, day - added], true])
  }
  return found
}

function doubtOfNumber(digits, day, isInsurance, today) {
  if (NOT_GIVEN.has(digits.slice(6))) return 'ending'
  if (digits.length === 9) return Number(digits.slice(0, 2)) >= 54 ? 'length' : null
  if (today !== null && iso(day) > iso(today)) return 'future'
  if (isInsurance || Number(digits) % 11 === 0) return null
  if (digits[9] === '0' && Number(digits.slice(0, 9)) % 11 === 10) return day[0] > 1985 ? 'late_exception' : null
  return 'check_digit'
}

function withZeros(digits, born) {
  if (born === null || born[0] < 2000 || !/^[0-9]{8,9}$/.test(digits)) return digits
  const whole = digits.padStart(10, '0')
  return Number(whole) % 11 === 0 && readings(whole).some(([day]) => sameDay(day, born)) ? whole : digits
}

/** { digits, born, sex, isInsuranceNumber, doubt } of a typed number, beside the typed date and sex if known. */
export function checkBirthNumber(text, born = null, sex = null, today = null) {
  const digits = withZeros(text.replace(SPACES, ''), born)
  if (!digits) return nothing(null)
  if (!/^[0-9]{9,10}$/.test(digits)) return nothing('shape')
  const found = readings(digits)
  if (!found.length) return nothing('date')
  const readSex = Number(digits.slice(2, 4)) > 50 ? 'f' : 'm'
  const [day, isInsuranceNumber] = found.find(([read]) => sameDay(read, born)) ?? found[0]
  const isOther = born !== null && !sameDay(born, day)
  const doubt =
    doubtOfNumber(digits, day, isInsuranceNumber, today) ??
    (isOther ? 'other_date' : sex !== null && sex !== readSex ? 'other_sex' : null)
  return {
    digits: UNUSABLE.has(doubt) ? null : digits,
    born: found.length === 1 || sameDay(day, born) ? day : null,
    sex: readSex,
    isInsuranceNumber,
    doubt
  }
}

/** It can be somebody's number: what is doubted, if anything, is the date or the sex typed beside it. */
export const isCertain = ({ digits, doubt }) => digits !== null && !FAILED.has(doubt)

/** Ten digits divisible by eleven: no single wrong digit and hardly any other error leaves that. */
export const isProven = ({ digits, isInsuranceNumber }) =>
  digits !== null && digits.length === 10 && Number(digits) % 11 === 0 && !isInsuranceNumber
