// A list of people: read, mapped, blinded and turned into codes in the browser; a CSV of codes is handed to the form.
import { drawColumns } from './_columns.js'
import { readFile } from './_files.js'
import { startLine } from './_line.js'
import { listed } from './_people.js'
import { digestsOf } from './_pool.js'
import { sayer, sentenceOf, today } from './_saying.js'
import { parseText, Unreadable, writeText } from './_text_lists.js'

const SHOWN_FAULTS = 50
const PORTION = 200
const LONG_TEXT = 50_000
const HEADINGS = ['kod', 'rocnik']

export function startMany(place) {
  const { id, form: formId, name, points, codes: codesAddress, worker, token, provider } = place.dataset
  const say = sayer(JSON.parse(place.dataset.words))
  const box = (part) => document.getElementById(`${id}-${part}`)
  const form = document.getElementById(formId)
  const [status, progress, faults] = [box('status'), box('progress'), box('faults')]
  const line = startLine({ token, provider, waiting: (seconds) => (status.textContent = say('busy', { seconds })) })
  let lines = []
  let columns = null
  let working = null // the AbortController of the run
  let download = ''

  place.hidden = false

  function show(part, on) {
    if (box(part)) box(part).hidden = !on
  }

  function tell(sentence, isError = false) {
    status.textContent = sentence
    status.classList.toggle('govuk-error-message', isError)
  }

  function forget() {
    if (download) URL.revokeObjectURL(download)
    download = ''
    form.elements[name].value = ''
    faults.replaceChildren()
    for (const part of ['result', 'handing', 'running']) show(part, false)
  }

  function draw() {
    columns = drawColumns(box('columns'), id, lines, box('headings').checked, say)
    tell(say('found', { rows: columns.people.length }))
  }

  function take(read) {
    forget()
    lines = read
    if (!lines.length) {
      show('mapping', false)
      tell(say('empty_list'), true)
      return
    }
    show('mapping', true)
    draw()
  }

  async function open(read) {
    try {
      take(await read())
    } catch (error) {
      take([])
      tell(say(error instanceof Unreadable ? error.code : 'no_text'), true)
    }
  }

  function tellFaults(people) {
    const found = people.flatMap((person) => person.faults.map((fault) => [person.line, say(fault.code)]))
    const shown = found.slice(0, SHOWN_FAULTS).map(([number, sentence]) => say('line', { line: number, sentence }))
    if (found.length > SHOWN_FAULTS) shown.push(say('more', { number: found.length - SHOWN_FAULTS }))
    faults.replaceChildren(
      ...shown.map((text) => {
        const item = document.createElement('li')
        item.textContent = text
        return item
      })
    )
  }

  function report(done, total) {
    progress.value = done
    const text = say('done_of', { done, total })
    // Readers of the screen hear each tenth, eyes see each step.
    box('count').textContent = text
    if (Math.floor((done * 10) / total) > Math.floor(((Number(progress.dataset.told) || 0) * 10) / total)) {
      progress.dataset.told = String(done)
      tell(text)
    }
  }

  /** The people of the lines; the page may breathe between portions. */
  async function readPeople(found, chosen, signal) {
    const people = []
    for (const one of found) {
      people.push(listed(one, chosen, today()))
      if (people.length % PORTION) continue
      await new Promise((resolve) => setTimeout(resolve))
      signal.throwIfAborted()
    }
    return people
  }

  async function makeCodes(people, signal) {
    const coded = people.filter((person) => person.isCoded)
    progress.max = Math.max(coded.length, 1)
    progress.value = 0
    progress.dataset.told = '0'
    box('count').textContent = say('done_of', { done: 0, total: coded.length })
    const digests = await digestsOf(
      coded.map((person) => person.inputs),
      { address: worker, evaluate: line.evaluateAt(points), signal, report: (done) => report(done, coded.length) }
    )
    const codes = await line.codesAt(codesAddress, digests, signal)
    return new Map(coded.map((person, place) => [person, codes[place]]))
  }

  function handOver(people, codes, kept) {
    const rows = people.map((person) => [codes.get(person) ?? '', String(person.birthYear ?? ''), ...person.kept])
    const text = writeText([[...HEADINGS, ...kept.map(([heading]) => heading)], ...rows])
    const file = new File([text], say('file_name'), { type: 'text/csv' })
    const target = form.elements[name]
    if (target.type === 'file') {
      const transfer = new DataTransfer()
      transfer.items.add(file)
      target.files = transfer.files
    } else target.value = text
    download = URL.createObjectURL(file)
    box('download').href = download
    box('download').download = file.name
    for (const part of ['result', 'handing']) show(part, codes.size > 0)
    tell(say('finished', { done: codes.size, total: people.length }))
  }

  /** Names are no longer needed: neither the boxes nor the memory of the page keeps them. */
  function clear() {
    lines = []
    columns = null
    box('text').value = ''
    box('file').value = ''
    box('columns').replaceChildren()
    show('mapping', false)
  }

  async function run() {
    const chosen = columns.chosen()
    if (chosen.fault) {
      tell(say(chosen.fault), true)
      return
    }
    forget()
    working = new AbortController()
    show('running', true)
    box('make').disabled = true
    try {
      const people = await readPeople(columns.people, chosen, working.signal)
      tellFaults(people)
      const codes = await makeCodes(people, working.signal)
      handOver(people, codes, chosen.kept)
      clear()
    } catch (error) {
      forget()
      if (working.signal.aborted) tell(say('cancelled'))
      else tell(sentenceOf(error, say), true)
    } finally {
      working = null
      show('running', false)
      box('make').disabled = false
    }
  }

  box('file').addEventListener('change', ({ target }) => {
    const [file] = target.files
    if (file) open(() => readFile(file))
  })
  box('text').addEventListener('input', ({ target }) => open(async () => parseText(target.value)))
  // A box of thousands of rows takes a browser half a minute to draw; they are taken past it.
  box('text').addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text') ?? ''
    if (text.length < LONG_TEXT) return
    event.preventDefault()
    box('text').value = ''
    open(async () => parseText(text))
  })
  box('headings').addEventListener('change', draw)
  box('make').addEventListener('click', run)
  box('cancel').addEventListener('click', () => working?.abort())
}
