// Moving between figures by keys, and pasting of blocks from a spreadsheet.
const NUMBER = /^[-−–]?\s*[0-9][0-9\s\u00a0\u2007\u2009\u202f.,]*$/
const NOT_APPLICABLE = ['netýká se', 'netyka se', 'not applicable', 'n/a']
const MOST_NAMED = 5

export function startGrid({ form, say, status, changed }) {
  const boxes = () => [...form.querySelectorAll('.returns-box input.govuk-input')]
  const fieldOf = (box) => box.name.slice(box.name.indexOf('-') + 1)
  const plain = (text) => text.toLowerCase().replace(/[\s\u00a0]+/g, ' ').trim()
  const labelOf = (box) => {
    const label = form.querySelector(`label[for="${CSS.escape(box.id)}"]`)
    return plain([...label.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((n) => n.data).join(''))
  }
  let undo = null // name of a cell -> how it was before the last pasting

  function go(box) {
    if (!box) return
    box.focus()
    box.select()
  }

  form.addEventListener('keydown', (event) => {
    const box = event.target
    if (!box.matches?.('.returns-box input.govuk-input')) return
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && undo) {
      event.preventDefault()
      takeBack()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const all = boxes()
    const place = all.indexOf(box)
    if (event.key === 'Enter' || event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const back = event.key === 'ArrowUp' || (event.key === 'Enter' && event.shiftKey)
      event.preventDefault()
      go(all[place + (back ? -1 : 1)])
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const left = event.key === 'ArrowLeft'
      const whole = box.selectionStart === 0 && box.selectionEnd === box.value.length
      const edge = left ? 0 : box.value.length
      if (event.shiftKey || !(whole || (box.selectionStart === edge && box.selectionEnd === edge))) return
      const alike = all.filter((one) => fieldOf(one) === fieldOf(box))
      const next = alike[alike.indexOf(box) + (left ? -1 : 1)]
      if (next) {
        event.preventDefault()
        go(next)
      }
    }
  })

  form.addEventListener('input', () => {
    undo = null
  })

  form.addEventListener('paste', (event) => {
    const box = event.target
    if (!box.matches?.('.returns-box input.govuk-input')) return
    const text = event.clipboardData.getData('text/plain').replace(/\r\n?/g, '\n').replace(/\n$/, '')
    if (!/[\t\n]/.test(text)) return // a single figure is pasted as usual
    event.preventDefault()
    fill(box, text.split('\n').map((line) => line.split('\t')))
  })

  function fill(start, rows) {
    const all = boxes()
    const before = new Map()
    const left = []
    let row = all.indexOf(start)
    const named = rows.some(([name]) => all.some((one) => labelOf(one) === plain(name)))
    for (const cells of rows) {
      const values = named ? cells.slice(1) : cells
      const first = named ? all.find((one) => labelOf(one) === plain(cells[0])) : all[row]
      const alike = first ? all.filter((one) => fieldOf(one) === fieldOf(first)) : []
      const column = alike.indexOf(first)
      values.forEach((value, number) => put(alike[column + number], value.trim(), before, left))
      row += 1
    }
    undo = before
    for (const name of before.keys()) changed(name)
    const told = [say('pasted', { count: String(before.size) })]
    if (left.length) {
      const which = left.slice(0, MOST_NAMED).join(', ') + (left.length > MOST_NAMED ? ', …' : '')
      told.push(say('unfit', { count: String(left.length), which }))
    }
    announce(told.join(' '))
  }

  function put(box, value, before, left) {
    if (value === '') return
    const isNa = NOT_APPLICABLE.includes(plain(value))
    if (!box || !(isNa || NUMBER.test(value))) {
      left.push(value)
      return
    }
    const na = document.getElementById(`${box.id}-na`)
    if (!before.has(box.name)) before.set(box.name, { text: box.value, na: na.checked })
    box.value = isNa ? '' : value
    na.checked = isNa
  }

  function takeBack() {
    const former = undo
    undo = null
    for (const [name, { text, na }] of former) {
      document.getElementById(name).value = text
      document.getElementById(`${name}-na`).checked = na
      changed(name)
    }
    announce(say('undone'))
  }

  // What the pasting did stands beside the state of saving, which changes by itself.
  function announce(text) {
    let place = document.getElementById('entry-pasted')
    if (!place) {
      place = document.createElement('p')
      place.id = 'entry-pasted'
      place.className = 'returns-status'
      place.setAttribute('role', 'status')
      status.after(place)
    }
    place.textContent = text
  }
}
