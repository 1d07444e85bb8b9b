// Saves changed cells in batches and keeps them in the tab's storage until the server has them.
const WAIT_MS = 1200 // after the last key
const FIRST_RETRY_MS = 2000
const LAST_RETRY_MS = 60000
const FOR_COMMENT = /-comment$/
const FOR_STATE = /-na$/

export function startAutosave({ form, say, status, tell, findings }) {
  const key = `returns ${window.location.pathname}`
  const versionBox = form.elements.version
  const waiting = new Map() // name of a cell -> how it looked when it was last changed
  const contested = new Map() // name -> its conflict; not sent before the person has chosen
  const faulty = new Set()
  let timer = null
  let retry = FIRST_RETRY_MS
  let busy = false
  let stopped = false
  let leaving = false
  let savedAt = '' // the clock of the last answer

  const box = (name) => document.getElementById(name)
  const cellOf = (control) => control.name.replace(FOR_COMMENT, '').replace(FOR_STATE, '')
  const isCell = (name) => Boolean(box(`${name}-na`))

  function look(name) {
    const comment = box(`${name}-comment`)
    const found = { text: box(name).value, na: box(`${name}-na`).checked }
    if (comment) found.comment = comment.value
    return found
  }

  function show(name, { text, na, comment }) {
    box(name).value = text
    box(`${name}-na`).checked = na
    if (comment !== undefined && box(`${name}-comment`)) box(`${name}-comment`).value = comment
  }

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

  function setStatus(name, values) {
    const text = say(name, values)
    if (status.textContent !== text) status.textContent = text
    status.dataset.state = name
  }

  function keep() {
    const cells = Object.fromEntries([...waiting, ...[...contested.keys(), ...faulty].map((name) => [name, look(name)])])
    try {
      if (Object.keys(cells).length === 0) window.sessionStorage.removeItem(key)
      else {
        // The server says when it saved by the clock of Prague, so this does too.
        const clock = { hour: 'numeric', minute: '2-digit', timeZone: 'Europe/Prague' }
        const at = new Date().toLocaleTimeString(document.documentElement.lang, clock)
        window.sessionStorage.setItem(key, JSON.stringify({ person: form.dataset.person, at, cells }))
      }
    } catch {
      // Storage is full or forbidden: the page itself still holds what was typed.
    }
  }

  function changed(name) {
    if (!isCell(name)) return
    faulty.delete(name)
    waiting.set(name, look(name))
    if (contested.has(name)) settle(name)
    if (versionBox.value === '0') {
      // What was filled in from last quarter is shown as an answer, so it is stored with the first one.
      for (const carried of form.querySelectorAll('[data-carried]')) {
        if (!waiting.has(carried.name)) waiting.set(carried.name, look(carried.name))
      }
    }
    keep()
    if (stopped) return
    setStatus('waiting')
    schedule(WAIT_MS)
  }

  function schedule(delay) {
    window.clearTimeout(timer)
    timer = window.setTimeout(send, delay)
  }

  async function send() {
    const batch = new Map([...waiting].filter(([name]) => !contested.has(name)))
    if (busy || stopped || batch.size === 0) return
    // What cannot be read goes along until it is mended, so that the server counts it among what is to be corrected.
    for (const name of faulty) if (!batch.has(name) && !contested.has(name)) batch.set(name, look(name))
    busy = true
    setStatus('saving')
    try {
      const answer = await window.fetch(form.dataset.address, {
        method: 'POST',
        credentials: 'same-origin',
        redirect: 'manual',
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': form.elements.csrf_token.value },
        body: JSON.stringify({ version: Number(versionBox.value), cells: Object.fromEntries(batch) })
      })
      if (answer.type === 'opaqueredirect' || answer.status === 401) signedOut()
      else if (answer.status === 200) saved(batch, await answer.json())
      else if (answer.status === 409) disagreed(await answer.json())
      else if (answer.status < 500 && answer.status !== 429) {
        if (await hasSession()) refused(say('refused'))
        else signedOut()
      } else failed()
    } catch {
      failed()
    } finally {
      busy = false
    }
  }

  function saved(batch, told) {
    retry = FIRST_RETRY_MS
    for (const [name, sent] of batch) if (same(look(name), sent)) waiting.delete(name)
    for (const name of batch.keys()) mark(name, told.faults[name])
    accept(told, batch)
    for (const carried of form.querySelectorAll('[data-carried]')) carried.removeAttribute('data-carried')
    keep()
    if ([...waiting.keys()].some((name) => !contested.has(name))) {
      setStatus('waiting')
      schedule(WAIT_MS)
    } else if (contested.size) setStatus('choose')
    else if (faulty.size) setStatus('savedExcept', { time: told.saved, count: String(faulty.size) })
    else setStatus('saved', { time: told.saved })
  }

  // What came with the answer besides the cells that were sent.
  function accept(told, sent = new Map()) {
    versionBox.value = String(told.version)
    savedAt = told.saved
    for (const [name, text] of Object.entries(told.totals)) {
      const total = document.querySelector(`#${CSS.escape(name)} .returns-total__value`)
      if (total) total.textContent = text
    }
    for (const [anchor, [kind, words]] of Object.entries(told.parts)) {
      const part = document.querySelector(`[data-part="${CSS.escape(anchor)}"]`)
      if (part) {
        part.textContent = words
        part.className = `returns-contents__state returns-contents__state--${kind}`
      }
    }
    for (const [name, stored] of Object.entries(told.others)) {
      if (isCell(name) && !waiting.has(name) && !contested.has(name)) show(name, stored)
    }
    findings.show(told.findings, sent, new Set([...faulty, ...waiting.keys(), ...contested.keys()]))
  }

  function disagreed(told) {
    if (told.closed) return refused(told.closed)
    accept(told)
    for (const conflict of told.conflicts) ask(conflict)
    keep()
    setStatus(told.conflicts.length ? 'choose' : 'waiting')
    schedule(0)
  }

  function failed() {
    setStatus(window.navigator.onLine ? 'error' : 'offline')
    keep()
    schedule(retry)
    retry = Math.min(retry * 2, LAST_RETRY_MS)
  }

  // Without a session the token is refused before anybody asks who it was.
  async function hasSession() {
    const answer = await window.fetch(window.location.pathname, { method: 'HEAD', redirect: 'manual' })
    return answer.type !== 'opaqueredirect'
  }

  function signedOut() {
    stopped = true
    setStatus('error')
    keep()
    tell(say('signedOut'), [[say('signIn'), form.dataset.signIn]])
  }

  function refused(sentence) {
    stopped = true
    setStatus('error')
    keep()
    tell(sentence, [[say('reload'), window.location.pathname]])
  }

  const words = ({ text, na }) => (na ? say('notApplicable') : text.trim() || say('empty'))

  function ask(conflict) {
    const { name } = conflict
    settle(name)
    contested.set(name, conflict)
    const place = document.createElement('div')
    place.className = 'returns-conflict'
    place.id = `${name}-conflict`
    place.setAttribute('role', 'group')
    place.setAttribute('aria-label', say('choose'))
    const text = document.createElement('p')
    text.className = 'govuk-body'
    text.textContent = say('conflict', { name: conflict.who, stored: conflict.storedText, mine: words(look(name)) })
    place.append(text)
    for (const [label, act] of [
      ['keepMine', () => waiting.set(name, look(name))],
      [
        'takeStored',
        () => {
          waiting.delete(name)
          show(name, conflict.stored)
        }
      ]
    ]) {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'govuk-button govuk-button--secondary'
      button.textContent = say(label)
      button.addEventListener('click', () => {
        act()
        settle(name)
        keep()
        box(name).focus()
        if (contested.size) setStatus('choose')
        else if (waiting.size) setStatus('waiting')
        else setStatus('saved', { time: savedAt })
        schedule(0)
      })
      place.append(button)
    }
    box(name).closest('.returns-field').prepend(place)
  }

  function settle(name) {
    contested.delete(name)
    document.getElementById(`${name}-conflict`)?.remove()
  }

  // The sentence about a figure that cannot be read.
  function mark(name, fault) {
    if (fault) faulty.add(name)
    findings.mark(name, fault ? [fault] : [])
  }

  // What an earlier page of this tab could not save, if it was written by the same person and is not stored yet.
  function offer() {
    let kept = null
    try {
      kept = JSON.parse(window.sessionStorage.getItem(key))
    } catch {
      return
    }
    if (!kept || kept.person !== form.dataset.person) return
    const plain = (cell) => JSON.stringify([cell.text.replace(/\s/g, '').replace('.', ','), cell.na, cell.comment || ''])
    const open = Object.entries(kept.cells).filter(([name, cell]) => isCell(name) && plain(look(name)) !== plain(cell))
    if (open.length === 0) {
      window.sessionStorage.removeItem(key)
      return
    }
    tell(say('kept', { time: kept.at, count: String(open.length) }), [
      [
        say('restore'),
        () => {
          tell('')
          for (const [name, cell] of open) {
            show(name, cell)
            changed(name)
          }
          box(open[0][0]).focus()
        }
      ],
      [
        say('discard'),
        () => {
          window.sessionStorage.removeItem(key)
          tell('')
        }
      ]
    ])
  }

  form.addEventListener('input', (event) => {
    if (event.target.name) changed(cellOf(event.target))
  })
  form.addEventListener('submit', () => {
    leaving = true
    window.clearTimeout(timer)
  })
  window.addEventListener('online', () => {
    retry = FIRST_RETRY_MS
    schedule(0)
  })
  window.addEventListener('pageshow', () => {
    leaving = false
  })
  window.addEventListener('beforeunload', (event) => {
    if (!leaving && !stopped && (waiting.size || contested.size || faulty.size)) event.preventDefault()
  })
  offer()
  return { changed }
}
