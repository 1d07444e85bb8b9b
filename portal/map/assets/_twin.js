// The table that says the same as the map: sorted by its headings, some rows at a time, each row leading to its area.
import { normsOf } from './_colours.js'
import { figureOf, written } from './_view.js'

const collator = new Intl.Collator(document.documentElement.lang || 'cs')

function cell(tag, className, ...content) {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.append(...content)
  return made
}

const SORTS = { nazev: 'name', obyvatel: 'people', hodnota: 'value' } // words of the address

export class Twin {
  constructor(table, pages, setup, onChoose, onSort) {
    this.table = table
    this.pages = pages
    this.words = setup.words
    this.rowsAtOnce = setup.pageRows
    this.onChoose = onChoose
    this.onSort = onSort
    this.sort = { key: SORTS[setup.sort.replace('-', '')], backwards: setup.sort.startsWith('-') }
    this.shown = setup.pageRows
  }

  show(data, numbers, names) {
    Object.assign(this, { data, numbers, names, norms: normsOf(data), shown: this.rowsAtOnce })
    // Sorted by a column that the layer before had: by names again.
    if (!this.columns().some(({ key }) => key === this.sort.key)) this.sort = { key: 'name', backwards: false }
    this.table.querySelector('.portal-table__caption').textContent = this.words.figures.replace('{title}', () => data.title)
    this.draw()
  }

  /** The order as the address says it; that of names where it has no word for it. */
  sorting() {
    const word = Object.keys(SORTS).find((each) => SORTS[each] === this.sort.key) ?? 'nazev'
    return this.sort.backwards && this.sort.key === SORTS[word] ? `-${word}` : word
  }

  columns() {
    const found = [{ key: 'name', label: this.words.areas[this.data.level] }]
    if (this.names.orp) found.push({ key: 'orp', label: this.words.orp })
    found.push({ key: 'people', label: this.words.people, isNumber: true })
    found.push({ key: 'value', label: this.data.value, isNumber: true })
    if (this.data.norms) found.push({ key: 'norm', label: this.words.normColumn, isNumber: true })
    if (this.data.gathered) found.push({ key: 'gathered', label: this.data.gatheredLabel, isNumber: true })
    if (this.data.own.length) found.push({ key: 'own', label: this.words.own.label })
    return found
  }

  /** Areas in the order asked for; those without a number always last. */
  order() {
    const { key, backwards } = this.sort
    const areas = []
    for (let area = 0; area < this.data.states.length; area += 1) if (this.data.states[area] !== '.') areas.push(area)
    if (key === 'name') return backwards ? areas.reverse() : areas // they come in the order of names
    const own = (area) => (this.data.own.includes(area) ? 0 : 1) // one's own first
    const of = {
      own,
      people: (area) => this.names.people[area],
      value: (area) => this.numbers[area],
      norm: (area) => this.norms[area],
      gathered: (area) => this.data.gathered[area]?.[0] ?? null,
      orp: (area) => this.names.orps[this.names.orp[area]] ?? ''
    }[key]
    const compare = key === 'orp' ? (a, b) => collator.compare(of(a), of(b)) : (a, b) => of(a) - of(b)
    const told = areas.filter((area) => of(area) !== null).sort((a, b) => (backwards ? compare(b, a) : compare(a, b)) || a - b)
    return [...told, ...areas.filter((area) => of(area) === null)]
  }

  draw() {
    const columns = this.columns()
    this.table.querySelector('thead').replaceChildren(this.heading(columns))
    const areas = this.order()
    const rows = areas.slice(0, this.shown).map((area) => this.row(area, columns))
    this.table.querySelector('tbody').replaceChildren(...rows)
    this.more(areas.length)
  }

  heading(columns) {
    const heads = columns.map(({ key, label, isNumber }) => {
      const button = cell('button', 'layers-sort', label)
      button.type = 'button'
      button.addEventListener('click', () => {
        this.sort = { key, backwards: this.sort.key === key ? !this.sort.backwards : Boolean(isNumber) }
        this.draw()
        this.table.querySelector(`button[data-key="${key}"]`).focus()
        this.onSort()
      })
      button.dataset.key = key
      const head = cell('th', `govuk-table__header${isNumber ? ' govuk-table__header--numeric' : ''}`, button)
      head.scope = 'col'
      head.dataset.label = label // printed in place of the button, which heads of further pages would leave out
      if (this.sort.key === key) head.setAttribute('aria-sort', this.sort.backwards ? 'descending' : 'ascending')
      return head
    })
    return cell('tr', 'govuk-table__row', ...heads)
  }

  row(area, columns) {
    const name = cell('button', 'layers-area', this.names.names[area])
    name.type = 'button'
    name.title = this.words.show
    name.addEventListener('click', () => this.onChoose(area))
    const head = cell('th', 'govuk-table__header', name)
    head.scope = 'row'
    const text = {
      orp: () => this.names.orps[this.names.orp[area]] ?? '',
      people: () => (this.names.people[area] === null ? '' : written(this.names.people[area])),
      value: () => figureOf(this.data, this.numbers, area, this.words),
      gathered: () => this.data.gathered[area]?.[1] ?? '',
      own: () => (this.data.own.includes(area) ? this.words.own.yes : ''),
      norm: () => (this.norms[area] === null ? '' : written(this.norms[area]))
    }
    const cells = columns.slice(1).map(({ key, isNumber }) =>
      cell('td', `govuk-table__cell${isNumber ? ' govuk-table__cell--numeric' : ''}`, text[key]())
    )
    return cell('tr', 'govuk-table__row', head, ...cells)
  }

  more(count) {
    if (count <= this.shown) {
      this.pages.replaceChildren()
      return
    }
    const next = Math.min(this.rowsAtOnce * 5, count - this.shown)
    const button = cell('button', 'govuk-button govuk-button--secondary', this.words.more.replace('{n}', written(next)))
    button.type = 'button'
    button.addEventListener('click', () => {
      const first = this.shown
      this.shown += next
      this.draw()
      this.table.querySelectorAll('tbody button')[first]?.focus()
    })
    this.pages.replaceChildren(button)
  }
}
