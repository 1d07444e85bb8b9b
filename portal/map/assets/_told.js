// What the page says of a layer in words beside its map: sentence, notes, files, lines from residence to service.
import { flowsOf, widthOf, written } from './_view.js'

const byId = (id) => document.getElementById(id)

function element(tag, className, text) {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

/** ``suffix``: "" for the first layer, "-second" for the one beside it; parts that a page lacks are passed over. */
export function tell(suffix, data, names, words, withFlows) {
  byId(`layers-summary${suffix}`).textContent = data?.summary ?? ''
  byId(`layers-notes${suffix}`)?.replaceChildren(...(data?.notes ?? []).map((note) => element('li', '', note)))
  const place = byId(`layers-lines${suffix}`)
  if (!place) return
  const flows = data && withFlows ? flowsOf(data, names) : []
  place.hidden = flows.length === 0
  place.querySelector('[data-width]').textContent = widthOf(flows, words)
  place.querySelector('.portal-table__caption').textContent = words.flowCaption.replace('{title}', () => data?.title ?? '')
  place.querySelector('tbody').replaceChildren(
    ...flows.map(([from, to, persons]) => {
      const row = element('tr', 'govuk-table__row', '')
      const head = element('th', 'govuk-table__header', names.names[from])
      head.scope = 'row'
      row.append(
        head,
        element('td', 'govuk-table__cell', names.names[to]),
        element('td', 'govuk-table__cell govuk-table__cell--numeric', written(persons))
      )
      return row
    })
  )
}

/** Addresses of the files of what a map shows. */
export function linkFiles(suffix, addresses, query) {
  for (const link of document.querySelectorAll(`#layers-files${suffix} a`)) {
    link.href = `${addresses[link.dataset.kind]}?${query}`
  }
}
