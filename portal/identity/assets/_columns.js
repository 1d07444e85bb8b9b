// Which column of the list is what: a choice for each, filled in from the headings, changed by the person.
import { areEnough, findColumns, headingOf, withoutSecondPlace } from './_people.js'

const FIELDS = ['surname', 'given', 'surname_given', 'given_surname', 'born', 'birth_number', 'sex', 'municipality', 'mark']
const EXAMPLES = 3

const element = (name, className, text) => {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

/** Draws the choices into ``place``; ``chosen()`` gives { places, kept } or { fault: code of a sentence }. */
export function drawColumns(place, id, lines, hasHeadings, say) {
  const width = Math.max(...lines.map((line) => line.cells.length))
  const headings = Array.from({ length: width }, (_, column) => (hasHeadings ? lines[0].cells[column] ?? '' : ''))
  const found = findColumns(headings)
  const people = hasHeadings ? lines.slice(1) : lines
  const choices = headings.map((heading, column) => {
    const group = element('div', 'govuk-form-group identity-column')
    const label = element('label', 'govuk-label', say('column', { number: column + 1, heading: heading || say('unnamed') }))
    const examples = people.map((line) => line.cells[column]).filter(Boolean).slice(0, EXAMPLES)
    const hint = element('div', 'govuk-hint', examples.length ? say('such_as', { examples: examples.join(' | ') }) : '')
    const choice = element('select', 'govuk-select')
    choice.id = `${id}-column-${column}`
    label.htmlFor = choice.id
    hint.id = `${choice.id}-hint`
    choice.setAttribute('aria-describedby', hint.id)
    for (const value of ['unused', ...FIELDS, 'kept']) choice.append(new Option(say(value), value))
    const field = FIELDS.find((name) => found.places[name] === column)
    choice.value = field ?? (found.kept.some(([, kept]) => kept === column) ? 'kept' : 'unused')
    group.append(label, hint, choice)
    return { group, choice }
  })
  place.replaceChildren(...choices.map(({ group }) => group))

  function chosen() {
    const places = {}
    const kept = []
    for (const [column, { choice }] of choices.entries()) {
      const value = choice.value
      if (value in places) return { fault: 'twice' }
      if (FIELDS.includes(value)) places[value] = column
      if (value === 'kept') kept.push([headings[column].trim() || String(column + 1), column])
      else if (headingOf(value)) kept.push([headingOf(value), column])
    }
    return areEnough(places) ? { places, kept: withoutSecondPlace(places, kept) } : { fault: 'not_enough_columns' }
  }
  return { chosen, people }
}
