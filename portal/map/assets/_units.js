// Shapes of the territory in the colours of their classes, and their names.
import { feature } from 'topojson-client'
import L from './_leaflet.js'

const opened = new Map()

/** The shapes lie under an address that never changes its contents; two layers may ask for the same. */
function loadShapes(url) {
  if (!opened.has(url)) {
    opened.set(
      url,
      fetch(url).then(async (response) => {
        if (!response.ok) throw new Error(`${url}: ${response.status}`)
        const topology = await response.json()
        return feature(topology, topology.objects.units)
      })
    )
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
 * Layer of shapes. rows: [code, name, kind of colour, figure, ...]; a shape without a row is drawn as one without
 * data.
 */
export function units(map, { id, url, labels, rows }) {
  const known = new Map(rows.map(([code, ...row]) => [code, row]))
  const row = (shape) => known.get(shape.id) ?? [shape.id, 'missing']
  const layer = L.geoJSON(null, {
    style: (shape) => ({ className: `map-unit map-unit--${row(shape)[1]}` }),
    onEachFeature(shape, path) {
      const [name, , ...figures] = row(shape)
      path.bindTooltip(description(name, labels, figures), { sticky: true })
    }
  })
  map.portal.layers.push({ id, layer })
  map.portal.wait(loadShapes(url).then((collection) => layer.addData(collection)))
  return layer
}

/** Names of units: [name, latitude, longitude]. They are pictures of what the table says, so readers skip them. */
export function names(map, { id, rows }) {
  const layer = L.layerGroup(
    rows.map(([name, lat, lon]) => {
      const text = document.createElement('span')
      text.textContent = name
      return L.tooltip([lat, lon], {
        content: text,
        permanent: true,
        direction: 'bottom',
        offset: [0, 14],
        className: 'map-name',
        interactive: false,
        opacity: 1
      })
    })
  )
  map.portal.layers.push({ id, layer })
  return layer
}
