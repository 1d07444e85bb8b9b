// One map with its legend: shows a layer, tells the area under the pointer, writes its legend as text.
import L, { fitAbove } from './_leaflet.js'
import { AreaCanvas, paintFlow, paintPlace } from './_canvas.js'
import { INK, normsOf, numbersOf, OWN, TILES, ZERO } from './_colours.js'

const language = document.documentElement.lang || 'cs'
const usual = new Intl.NumberFormat(language, { maximumFractionDigits: 2 })
const fixed = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const small = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 })

/**
 * A number as the table writes it. ``places``: two under each other in a column, or nothing for counts. Figures are not
 * negative unless they are differences (``signed``), which have a sign.
 */
export function written(number, { places, signed } = {}) {
  const size = Math.abs(number)
  const text = (size && size < 0.1 ? small : size && places ? fixed : usual).format(size)
  return signed && size ? `${number < 0 ? '−' : '+'}${text}` : text
}

/** The figure of an area in words. */
export function figureOf(data, numbers, area, words) {
  return numbers[area] === null ? words.states[data.states[area]] ?? '' : written(numbers[area], data)
}

function swatch(look, colours) {
  const canvas = document.createElement('canvas')
  canvas.width = 26
  canvas.height = 16
  canvas.className = 'layers-map__sample'
  canvas.setAttribute('aria-hidden', 'true')
  paintSwatch(canvas.getContext('2d'), 0, 0, look, colours)
  return canvas
}

export function paintSwatch(context, x, y, look, colours) {
  if (look === 'flow') {
    paintFlow(context, x + 2, y + 8, x + 22, y + 8, 3, 0)
    return
  }
  if (look === 'place') {
    paintPlace(context, x + 13, y + 8)
    return
  }
  if (look === 'own') {
    context.strokeStyle = OWN
    context.lineWidth = 3
    context.strokeRect(x + 1.5, y + 1.5, 23, 13)
    return
  }
  if (typeof look === 'number') context.fillStyle = colours[look]
  else context.fillStyle = look in TILES ? context.createPattern(TILES[look](), 'repeat') : ZERO
  context.fillRect(x, y, 26, 16)
  context.strokeStyle = INK
  context.lineWidth = 1
  context.strokeRect(x + 0.5, y + 0.5, 25, 15)
}

/**
 * Lines of the legend of a view: [look, text], classes from the lowest but those without words, then the states that
 * occur, then what lies over the areas.
 */
export function legendOf({ data, words, width, layer }) {
  const lines = data.bands.map((text, index) => [index, text]).filter(([, text]) => text !== null)
  const occurring = new Set(layer.drawing.looks)
  if (data.own.length) occurring.add('own')
  for (const mark of ['0', 'm', 'n', 'h', 'x', 'own']) if (occurring.has(mark)) lines.push([mark, words.legend[mark]])
  if (layer.places.length) lines.push(['place', words.legend.place])
  if (width) lines.push(['flow', width])
  return lines
}

/** The lines that are drawn: between two areas whose seats are known, the strongest first. */
export function flowsOf(data, { seats }) {
  return data.flows.filter(([from, to]) => from !== to && seats[from] && seats[to])
}

/** What the width of lines means, in words; nothing where there are none. */
export function widthOf(flows, words) {
  if (!flows.length) return ''
  const persons = flows.map(([, , count]) => count)
  return words.flowWidth.replace('{least}', written(Math.min(...persons))).replace('{most}', written(Math.max(...persons)))
}

export class View {
  constructor(figure, setup, geometry, names) {
    this.figure = figure
    this.words = setup.words
    this.names = names
    figure.hidden = false
    this.element = figure.querySelector('[data-canvas]')
    this.map = L.map(this.element, {
      zoomControl: false,
      attributionControl: false,
      zoomSnap: 0.25,
      minZoom: 6,
      maxZoom: 15,
      zoomAnimation: false,
      fadeAnimation: false,
      maxBounds: L.latLngBounds(setup.bounds).pad(0.6)
    })
    L.control.zoom({ zoomInTitle: this.words.zoomIn, zoomOutTitle: this.words.zoomOut }).addTo(this.map)
    const attribution = L.control.attribution({ prefix: false }).addAttribution(this.words.attribution).addTo(this.map)
    // In the same corner, above the attribution, which takes the whole width of a narrow map.
    L.control.scale({ imperial: false, position: 'bottomright' }).addTo(this.map)
    if (setup.view) this.map.setView([setup.view[0], setup.view[1]], setup.view[2], { animate: false })
    else fitAbove(this.map, setup.bounds, attribution)
    this.map.scrollWheelZoom.disable()
    this.element.addEventListener('focusin', () => this.map.scrollWheelZoom.enable())
    this.element.addEventListener('focusout', () => this.map.scrollWheelZoom.disable())
    this.layer = new AreaCanvas(geometry, names).addTo(this.map)
    this.tooltip = L.tooltip({ sticky: true, direction: 'top', className: 'layers-tooltip' })
    this.map.on('mousemove click', (event) => this.tell(event.latlng))
    this.map.on('mouseout', () => this.map.closeTooltip(this.tooltip))
  }

  tell(latlng) {
    if (!this.data) return
    const area = this.layer.areaAt(latlng)
    if (area === null) {
      this.map.closeTooltip(this.tooltip)
      return
    }
    this.tooltip.setLatLng(latlng).setContent(this.describe(area))
    this.map.openTooltip(this.tooltip)
  }

  describe(area) {
    const box = document.createElement('div')
    const name = document.createElement('strong')
    name.textContent = this.names.names[area]
    const figure = document.createElement('div')
    figure.textContent = `${figureOf(this.data, this.numbers, area, this.words)}${
      this.numbers[area] === null ? '' : ` (${this.data.unit})`
    }`
    box.append(name, figure)
    if (this.data.own.includes(area)) {
      const own = document.createElement('div')
      own.textContent = this.words.legend.own
      box.append(own)
    }
    if (this.norms[area] !== null) {
      const norm = document.createElement('div')
      norm.textContent = `${this.words.norm}: ${written(this.norms[area])}`
      box.append(norm)
    }
    return box
  }

  setLevel(geometry, names) {
    this.names = names
    this.layer.setGeometry(geometry, names)
    this.layer.chosen = null
  }

  show(data, { withFlows }) {
    this.data = data
    this.numbers = numbersOf(data)
    this.norms = normsOf(data)
    this.map.closeTooltip(this.tooltip)
    const { seats } = this.names
    const flows = withFlows ? flowsOf(data, this.names) : []
    this.layer.show(data, flows.map(([from, to, persons]) => [seats[from], seats[to], persons]))
    this.width = widthOf(flows, this.words)
    this.figure.querySelector('[data-title]').textContent = data.title
    this.element.setAttribute('aria-label', data.summary)
    this.legend()
  }

  legend() {
    const { data } = this
    this.figure.querySelector('[data-unit]').textContent = data.unit
    this.figure.querySelector('[data-method]').textContent = data.classes
    const lines = legendOf(this).map(([look, text]) => {
      const line = document.createElement('li')
      if (look === 'flow') line.dataset.width = ''
      line.append(swatch(look, data.colours), text)
      return line
    })
    this.figure.querySelector('[data-classes]').replaceChildren(...lines)
  }

  /** Bring an area into sight and mark it. */
  focus(area) {
    const seat = this.names.seats[area]
    this.layer.choose(area)
    if (!seat) return
    const here = L.latLng(seat[1], seat[0])
    if (!this.map.getBounds().contains(here)) this.map.panTo(here, { animate: false })
    this.tooltip.setLatLng(here).setContent(this.describe(area))
    this.map.openTooltip(this.tooltip)
  }
}
