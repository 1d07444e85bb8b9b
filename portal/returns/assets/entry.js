// Entry of a return: saves while a person types, moves by keys, takes blocks from a spreadsheet. The form works without.
import { startAutosave } from './_autosave.js'
import { startFindings } from './_findings.js'
import { startGrid } from './_grid.js'

const form = document.getElementById('entry')

if (form) {
  const words = JSON.parse(form.dataset.words)
  const say = (name, values = {}) =>
    Object.entries(values).reduce((text, [place, value]) => text.replace(`{${place}}`, () => value), words[name])
  const status = document.getElementById('entry-status')
  const notice = document.getElementById('entry-notice')

  document.getElementById('entry-tools').hidden = false

  // A sentence with buttons above the form. Actions: [text, what to do or where to go].
  const tell = (sentence, actions = []) => {
    notice.replaceChildren()
    notice.hidden = !sentence
    if (!sentence) return
    const text = document.createElement('p')
    text.className = 'govuk-body'
    text.textContent = sentence
    notice.append(text)
    for (const [label, act] of actions) {
      const control = document.createElement(typeof act === 'string' ? 'a' : 'button')
      control.textContent = label
      if (typeof act === 'string') {
        control.className = 'govuk-link'
        control.href = act
      } else {
        control.type = 'button'
        control.className = 'govuk-button govuk-button--secondary'
        control.addEventListener('click', act)
      }
      notice.append(control)
    }
  }

  const autosave = startAutosave({ form, say, status, tell, findings: startFindings({ form, say }) })
  startGrid({ form, say, status, changed: autosave.changed })

  const compact = document.getElementById('entry-compact')
  const setCompact = (on) => {
    form.classList.toggle('returns-form--compact', on)
    compact.setAttribute('aria-pressed', String(on))
  }
  setCompact(window.localStorage.getItem('returns-compact') === '1')
  compact.addEventListener('click', () => {
    const on = compact.getAttribute('aria-pressed') !== 'true'
    window.localStorage.setItem('returns-compact', on ? '1' : '0')
    setCompact(on)
  })
}
