// Sentences of the page, given with it in the reader's language; %(name)s are filled in here.
import { Refused } from './_line.js'
import { WrongAnswer } from './_pool.js'

export const sayer = (words) => (code, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`%(${name})s`, () => value), words[code])

/** What a failed attempt is told as. */
export function sentenceOf(error, say) {
  if (error instanceof Refused) return error.sentence || say('refused')
  if (error instanceof WrongAnswer) return say('wrong_answer')
  return say(error instanceof TypeError ? 'no_answer' : 'no_worker')
}

export const today = () => {
  const now = new Date()
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
}
