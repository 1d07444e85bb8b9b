// What the rules of the form say of saved figures, beside their boxes, as the server's page would say it.
export function startFindings({ form, say }) {
  const told = document.getElementById('entry-findings')
  const pattern = document.getElementById('entry-warning')
  const box = (name) => document.getElementById(name)
  let lastTold = ''

  // Sentences about a figure that is wrong; the first is what describes the box.
  function mark(name, sentences) {
    const input = box(name)
    if (!input) return
    const group = input.closest('.govuk-form-group') || input
    const id = `${name}-error`
    for (const old of group.querySelectorAll('.govuk-error-message')) old.remove()
    const isBox = input.classList.contains('govuk-input')
    if (isBox) {
      input.classList.toggle('govuk-input--error', sentences.length > 0)
      group.classList.toggle('govuk-form-group--error', sentences.length > 0)
      const described = (input.getAttribute('aria-describedby') || '').split(' ').filter((one) => one && one !== id)
      if (sentences.length) described.push(id)
      input.setAttribute('aria-describedby', described.join(' '))
    }
    if (sentences.length === 0) return
    const sentence = document.createElement('p')
    sentence.id = id
    sentence.className = 'govuk-error-message'
    const hidden = document.createElement('span')
    hidden.className = 'govuk-visually-hidden'
    hidden.textContent = `${say('error_prefix')}: `
    sentence.append(hidden, sentences.join(' '))
    group.querySelector(isBox ? '.govuk-input__wrapper' : '.returns-total__value').before(sentence)
  }

  // Warnings, and the box for the comment that they ask for; it stays while something is written in it.
  function warn(name, sentences) {
    const field = box(name)?.closest('.returns-field')
    if (!field) return
    let place = field.querySelector('.returns-field__warning')
    const comment = box(`${name}-comment`)
    const keeps = comment && (comment.value || comment === document.activeElement)
    if (sentences.length === 0 && place && !keeps) place.remove()
    if (sentences.length === 0 && !keeps) return
    if (!place) {
      place = pattern.content.firstElementChild.cloneNode(true)
      for (const element of place.querySelectorAll('*')) {
        for (const attribute of [...element.attributes]) {
          attribute.value = attribute.value.replaceAll(pattern.dataset.name, name)
        }
      }
      field.querySelector('.returns-box').after(place)
    }
    for (const old of place.querySelectorAll(':scope > p')) old.remove()
    place.prepend(
      ...sentences.map((text) => {
        const sentence = document.createElement('p')
        sentence.className = 'govuk-body govuk-!-margin-bottom-2'
        sentence.textContent = text
        return sentence
      })
    )
  }

  // A box without a figure keeps what the page said when submitting failed: it is still missing.
  const isSilent = (name, sent) => {
    const input = box(name)
    return !sent.has(name) && input && 'value' in input && !input.value && !box(`${name}-na`)?.checked
  }

  function show(findings, sent, faulty) {
    const names = [...form.querySelectorAll('.returns-field')].map((one) => one.dataset.figure)
    for (const name of names) {
      if (faulty.has(name)) continue
      const { errors = [], warnings = [] } = findings[name] || {}
      if (errors.length || !isSilent(name, sent)) mark(name, errors)
      warn(name, warnings)
    }
    announce(findings)
  }

  // Said once to those who do not see it appear; nothing moves, the person goes on typing.
  function announce(findings) {
    const now = JSON.stringify(findings)
    if (now === lastTold) return
    const isFirst = lastTold === ''
    lastTold = now
    const labels = Object.keys(findings).map(
      (name) => form.querySelector(`[for="${CSS.escape(name)}"], #${CSS.escape(name)}-label`)?.firstChild.textContent.trim() || name
    )
    if (labels.length) told.textContent = say('found', { count: String(labels.length), which: labels.join(', ') })
    else told.textContent = isFirst ? '' : say('foundNothing')
  }

  return { mark, show }
}
