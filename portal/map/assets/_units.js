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

const GAP = 3 // pixels between a name and a sign
const ALONE = 12 // from a seat without a sign, where one may come

const apart = (one, other) =>
  one.right < other.left || other.right < one.left || one.bottom < other.top || other.bottom < one.top

const box = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height })

/** What a sign takes, in pixels of the map's panes. */
function boxOf(icon) {
  const { x, y } = L.DomUtil.getPosition(icon)
  const { offsetWidth: width, offsetHeight: height } = icon
  return box(x - width / 2 - GAP, y - height / 2 - GAP, width + 2 * GAP, height + 2 * GAP)
}

/** Where a name may stand: below the sign that covers its seat, above and beside it, close to the seat at first. */
function placesAround(sign, seat, width, height) {
  const [before, behind, over, under] = [sign.left - width - 1, sign.right + 1, sign.top - height - 1, sign.bottom + 1]
  const beside = ({ x, y }) => {
    const [middle, level] = [x - width / 2, y - height / 2]
    return [[middle, under], [middle, over], [behind, level], [before, level]]
  }
  const centre = L.point((sign.left + sign.right) / 2, (sign.top + sign.bottom) / 2)
  const corners = [[behind, under], [before, under], [behind, over], [before, over]]
  return [...beside(seat), ...beside(centre), ...corners].map(([left, top]) => box(left, top, width, height))
}

/** Whether of all seats the own one is nearest to the middle of the name; elsewhere it would name a neighbour. */
function isAtHome(place, own, seats) {
  const middle = L.point((place.left + place.right) / 2, (place.top + place.bottom) / 2)
  const distance = middle.distanceTo(own)
  return seats.every((seat) => middle.distanceTo(seat) >= distance)
}

/**
 * Put each name where it neither covers a name before it nor lies under a sign nor nearer to another seat than to its
 * own; one without such a place is hidden.
 */
function makeRoom(map, names) {
  const signs = [...map.getPane('markerPane').children].map(boxOf)
  const taken = [...signs]
  const icons = names.map((name) => name.getElement()).filter(Boolean)
  const seats = icons.map((icon) => L.DomUtil.getPosition(icon))
  for (const [number, icon] of icons.entries()) {
    const text = icon.firstElementChild
    const seat = seats[number]
    const { x, y } = seat
    const over = signs.find((sign) => !apart(sign, box(x, y, 0, 0))) ?? box(x - ALONE, y - ALONE, 2 * ALONE, 2 * ALONE)
    const places = placesAround(over, seat, text.offsetWidth, text.offsetHeight)
    const chosen = places.find((place) => taken.every((other) => apart(place, other)) && isAtHome(place, seat, seats))
    text.classList.toggle('map-name__text--covered', !chosen)
    if (!chosen) continue
    text.style.left = `${chosen.left - x}px`
    text.style.top = `${chosen.top - y}px`
    taken.push(chosen)
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
