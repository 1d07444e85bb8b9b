// Shapes of the territory in the colours of their classes, and their names.
import { feature } from 'topojson-client'
import { json } from './_json.js'
import L from './_leaflet.js'

const opened = new Map()

/** The shapes lie under an address that never changes its contents; two layers may ask for the same. */
function loadShapes(url) {
  if (!opened.has(url)) {
    opened.set(url, json(url).then((topology) => feature(topology, topology.objects.units)))
  }
  return opened.get(url)
}

/** The unit's name and a line for each figure. */
function description(name, labels, figures) {
  const box = document.createElement('div')
  const title = document.createElement('strong')
  title.textContent = name
  box.append(title)
  figures.forEach((figure, index) => {
    const line = document.createElement('div')
    line.textContent = `${labels[index]}: ${figure}`
    box.append(line)
  })
  return box
}

/**
 * Layer of shapes. rows: [code, name, kind of colour, figure, ...], colours by kind; a shape without a row is drawn as
 * one without data.
 */
export function units(map, { id, url, labels, colours, rows }) {
  const known = new Map(rows.map(([code, ...row]) => [code, row]))
  const row = (shape) => known.get(shape.id) ?? [shape.id, 'missing']
  const layer = L.geoJSON(null, {
    style(shape) {
      const [, kind] = row(shape)
      return { className: `map-unit map-unit--${kind}`, fillColor: colours[kind] }
    },
    onEachFeature(shape, path) {
      const [name, , ...figures] = row(shape)
      path.bindTooltip(description(name, labels, figures), { sticky: true })
    }
  })
  map.portal.layers.push({ id, layer })
  map.portal.wait(loadShapes(url).then((collection) => layer.addData(collection)))
  return layer
}

const NAMES_PANE = 'map-names' // under the signs of services, whose numbers must stay readable

const apart = (one, other) =>
  one.right < other.left || other.right < one.left || one.bottom < other.top || other.bottom < one.top

/** Where a name may stand at its seat: below it first, then where signs leave room; farther it would name a neighbour. */
const PLACES = ['', 'above', 'right']

/** Put each name where it neither covers a name before it nor lies under a sign; one without such a place is hidden. */
function makeRoom(map, signs) {
  const taken = [...map.getPane('markerPane').children].map((icon) => icon.getBoundingClientRect())
  for (const sign of signs) {
    const text = sign.getElement()?.firstElementChild
    if (!text) continue
    const boxes = PLACES.map((place) => {
      text.dataset.place = place
      return text.getBoundingClientRect()
    })
    const chosen = boxes.findIndex((box) => taken.every((other) => apart(box, other)))
    text.dataset.place = PLACES[Math.max(0, chosen)]
    text.classList.toggle('map-name__text--covered', chosen < 0)
    if (chosen >= 0) taken.push(boxes[chosen])
  }
}

/**
 * Names of units: [name, latitude, longitude], the most important first. They only repeat the table, so they are
 * hidden from readers of the screen.
 */
export function names(map, { id, rows }) {
  map.createPane(NAMES_PANE).setAttribute('aria-hidden', 'true')
  const signs = rows.map(([name, lat, lon]) => {
    const text = document.createElement('span')
    text.className = 'map-name__text'
    text.textContent = name
    const icon = L.divIcon({ html: text, className: 'map-name', iconSize: [0, 0] })
    return L.marker([lat, lon], { icon, pane: NAMES_PANE, interactive: false, keyboard: false })
  })
  const layer = L.layerGroup(signs)
  const refresh = () => window.requestAnimationFrame(() => makeRoom(map, signs))
  layer.on('add', refresh)
  map.on('zoomend resize overlayadd overlayremove', refresh)
  map.on('drawn', refresh) // signs of services come later
  map.portal.layers.push({ id, layer })
  return layer
}
