// One person: the fields stand outside the form; when the form is sent, digests made of them go with it in a hidden field.
import { checkBirthNumber } from './_birth_number.js'
import { linkageInputs, normalise } from './_kinds.js'
import { faultsOf, isEnough } from './_people.js'
import { startLine } from './_line.js'
import { digestsOf } from './_pool.js'
import { sayer, sentenceOf, today } from './_saying.js'

const FIELDS = { given: 'given', surname: 'surname', born: 'born', birthNumber: 'birth_number' }

export function startOne(place) {
  const { id, form: formId, name, points, worker, token, provider, instead, municipality, sex, birthYear } =
    place.dataset
  const say = sayer(JSON.parse(place.dataset.words))
  const form = document.getElementById(formId)
  const store = form.elements[name]
  const box = (field) => document.getElementById(`${id}-${field}`)
  const status = box('status')
  const line = startLine({ token, provider, waiting: (seconds) => (status.textContent = say('busy', { seconds })) })
  const ofForm = (control) => (control && form.elements[control] ? form.elements[control].value : '')
  let sent = null // what the digests in the form were made of
  let busy = false
  const filled = new Map() // control of the form -> what was filled in

  place.hidden = false

  const typed = () => ({
    ...Object.fromEntries(Object.entries(FIELDS).map(([field, part]) => [field, box(part).value])),
    sex: sex ? ofForm(sex) : '',
    municipality: ofForm(municipality)
  })
  const isEmpty = () => Object.values(FIELDS).every((part) => !box(part).value.trim())

  function tell(field, kind, sentence) {
    const text = box(`${field}-${kind}`)
    text.textContent = sentence
    text.hidden = !sentence
    if (kind !== 'error') return
    box(field).setAttribute('aria-invalid', String(Boolean(sentence)))
    box(field).classList.toggle('govuk-input--error', Boolean(sentence))
    box(field).closest('.govuk-form-group').classList.toggle('govuk-form-group--error', Boolean(sentence))
  }

  /** Says what is wrong or doubtful and returns the fields that have to be mended. */
  function check(who) {
    const faults = faultsOf(who, today())
    const sentence = (field, isWarning) => {
      const fault = faults.find((found) => found.field === field && found.isWarning === isWarning)
      return fault ? say(fault.code) : ''
    }
    tell('born', 'error', sentence('born', false))
    tell('birth_number', 'warning', sentence('birth_number', true))
    const wrong = faults.filter((fault) => !fault.isWarning).map((fault) => fault.field)
    const isIncomplete = !wrong.length && !isEnough(linkageInputs(who))
    return { wrong, isIncomplete }
  }

  /** What a person wrote into the form stays; what was filled in here follows the identity. */
  function fill(name, value) {
    const control = name && form.elements[name]
    if (!control || !value || (control.value && control.value !== filled.get(name))) return
    control.value = value
    filled.set(name, control.value)
  }

  function fillIn(who) {
    const born = normalise(who).born
    fill(birthYear, born && String(born[0]))
    const number = checkBirthNumber(who.birthNumber, born, null, today())
    if (number.doubt === null) fill(sex, number.sex)
  }

  for (const part of Object.values(FIELDS)) {
    box(part).addEventListener('change', () => {
      const who = typed()
      check(who)
      fillIn(who)
      tell('given', 'error', '')
    })
  }

  async function makeAndSend(who, key, submitter) {
    busy = true
    place.setAttribute('aria-busy', 'true')
    status.textContent = say('working')
    try {
      const evaluate = line.evaluateAt(points)
      const [digests] = await digestsOf([linkageInputs(who)], { address: worker, evaluate })
      store.value = JSON.stringify(digests)
      sent = key
      status.textContent = ''
    } catch (error) {
      status.textContent = sentenceOf(error, say)
      return
    } finally {
      busy = false
      place.removeAttribute('aria-busy')
    }
    form.requestSubmit(submitter)
  }

  form.addEventListener('submit', (event) => {
    const who = typed()
    // A code made elsewhere, or made before and the page came back with an error elsewhere.
    if (isEmpty() && (store.value || ofForm(instead).trim())) return
    const key = JSON.stringify(who)
    if (sent === key) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (busy) return
    const { wrong, isIncomplete } = check(who)
    tell('given', 'error', isIncomplete ? say('incomplete') : '')
    if (wrong.length || isIncomplete) {
      box(wrong[0] ?? 'given').focus()
      return
    }
    fillIn(who)
    makeAndSend(who, key, event.submitter)
  })
}

