// Asks the portal for what the vault makes of points, and for codes; patient with a portal that is busy.
import { WrongAnswer } from './_pool.js'

const WAITS_S = [1, 2, 5, 15, 40, 60]
const MAX_WAIT_S = 120
const PEOPLE_IN_REQUEST = 200
const BUSY = new Set([429, 500, 502, 503, 504])

/** The portal said no; ``sentence`` is what it said, if anything. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(`refused: ${status}`)
    this.status = status
    this.sentence = sentence
  }
}

const pause = (seconds, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

async function sentenceOf(answer) {
  try {
    const { message } = await answer.json()
    return typeof message === 'string' ? message : ''
  } catch {
    return ''
  }
}

function listOf(answer, name) {
  if (!answer || !Array.isArray(answer[name])) throw new WrongAnswer(`no ${name}`)
  return answer[name]
}

/** ``provider`` is the IČO, for people who act for several. */
export function startLine({ token, provider, waiting = () => {} }) {
  async function once(address, body, signal) {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token }
    return fetch(address, { method: 'POST', headers, body, signal, redirect: 'error', cache: 'no-store' })
  }

  async function ask(address, value, signal) {
    const body = JSON.stringify(provider ? { ...value, provider } : value)
    for (let attempt = 0; ; attempt += 1) {
      let asked = 0
      let failure
      try {
        const answer = await once(address, body, signal)
        if (answer.ok) return await answer.json()
        failure = new Refused(answer.status, await sentenceOf(answer))
        if (!BUSY.has(answer.status)) throw failure
        asked = Number(answer.headers.get('Retry-After')) || 0
        if (answer.status === 429 && asked > MAX_WAIT_S) throw failure // today's limit: waiting here would not help
        asked = Math.min(asked, MAX_WAIT_S)
      } catch (error) {
        if (signal?.aborted || error instanceof Refused) throw error
        if (error instanceof SyntaxError) throw new WrongAnswer('no JSON')
        failure = error
      }
      if (attempt >= WAITS_S.length) throw failure
      const seconds = Math.max(WAITS_S[attempt], asked)
      waiting(seconds)
      await pause(seconds, signal)
    }
  }

  return {
    evaluateAt: (address) => async (points, signal) => listOf(await ask(address, { points }, signal), 'points'),
    async codesAt(address, people, signal) {
      const codes = []
      for (let start = 0; start < people.length; start += PEOPLE_IN_REQUEST) {
        const part = people.slice(start, start + PEOPLE_IN_REQUEST)
        const found = listOf(await ask(address, { people: part }, signal), 'codes')
        if (found.length !== part.length || !found.every((code) => /^[0-9a-f]{32}$/.test(code))) {
          throw new WrongAnswer('not a code for each')
        }
        codes.push(...found)
      }
      return codes
    }
  }
}
