// A layer of Leaflet that draws all areas on one canvas: 6 258 paths are drawn in some tens of milliseconds, where as
// many elements of SVG would take seconds.
import L from './_leaflet.js'
import { project } from './_geometry.js'
import { ELSEWHERE, INK, looksOf, OWN, TILES, ZERO } from './_colours.js'
import { paintNames } from './_names.js'

const MARGIN = 0.1 // of the map drawn beyond its edge, so that moving shows no empty strip
const FLOW = '#8c1e50'
const PLACE = '#a3331c'
const CASING = 'rgba(255, 255, 255, 0.85)' // around what is drawn over areas of any colour

/** A line from residence to service, with its dot at the service; ``bend``: how far it swings out, of its length. */
export function paintFlow(context, x1, y1, x2, y2, width, bend) {
  context.lineCap = 'round'
  for (const [colour, more] of [[CASING, 2], [FLOW, 0]]) {
    context.strokeStyle = colour
    context.fillStyle = colour
    context.lineWidth = width + more
    context.beginPath()
    context.moveTo(x1, y1)
    context.quadraticCurveTo((x1 + x2) / 2 + (y2 - y1) * bend, (y1 + y2) / 2 - (x2 - x1) * bend, x2, y2)
    context.stroke()
    context.beginPath()
    context.arc(x2, y2, (width + more) / 2 + 2, 0, 2 * Math.PI)
    context.fill()
  }
}

export function paintPlace(context, x, y) {
  context.fillStyle = PLACE
  context.strokeStyle = ZERO
  context.lineWidth = 1
  context.beginPath()
  context.arc(x, y, 3.5, 0, 2 * Math.PI)
  context.fill()
  context.stroke()
}

export const AreaCanvas = L.Layer.extend({
  /** ``known``: names, people and seats of the areas, in the order of the geometry. */
  initialize(geometry, known) {
    this.geometry = geometry
    this.known = known
    this.drawing = null
    this.chosen = null
    this.flows = []
    this.places = []
  },

  onAdd(map) {
    this.canvas = L.DomUtil.create('canvas', 'layers-canvas leaflet-zoom-hide')
    this.canvas.setAttribute('aria-hidden', 'true')
    map.getPanes().overlayPane.append(this.canvas)
    map.on('moveend viewreset resize zoomend', this.draw, this)
    this.draw()
  },

  onRemove(map) {
    this.canvas.remove()
    map.off('moveend viewreset resize zoomend', this.draw, this)
  },

  /** Show other figures: looks by area, colours, lines. */
  show(data, flows) {
    this.drawing = { looks: looksOf(data), colours: data.colours, own: data.own }
    this.flows = flows
    this.draw()
  },

  setGeometry(geometry, known) {
    this.geometry = geometry
    this.known = known
    this.drawing = null
  },

  choose(area) {
    this.chosen = area
    this.draw()
  },

  draw() {
    if (!this._map || !this.drawing) return
    const size = this._map.getSize()
    const margin = size.multiplyBy(MARGIN).round()
    const corner = this._map.containerPointToLayerPoint(margin.multiplyBy(-1))
    L.DomUtil.setPosition(this.canvas, corner)
    const whole = size.add(margin.multiplyBy(2))
    const ratio = window.devicePixelRatio || 1
    this.canvas.style.width = `${whole.x}px`
    this.canvas.style.height = `${whole.y}px`
    this.canvas.width = whole.x * ratio
    this.canvas.height = whole.y * ratio
    const zero = this._map.getPixelOrigin().add(corner)
    this.paint(this.canvas.getContext('2d'), zero, this._map.getZoom(), ratio, whole)
  },

  /** Paint the view whose left upper corner is the pixel ``zero`` of the world at ``zoom``. */
  paint(context, zero, zoom, ratio, size) {
    const scale = 2 ** zoom
    const { origin, areas, borders } = this.geometry
    const left = origin[0] * scale - zero.x
    const top = origin[1] * scale - zero.y
    context.setTransform(ratio * scale, 0, 0, ratio * scale, left * ratio, top * ratio)
    const fills = this.fills(context, scale, left, top)
    const seen = [-left / scale, -top / scale, (size.x - left) / scale, (size.y - top) / scale]
    const inSight = new Map() // boxes of areas on the screen, by their number
    areas.forEach((area, index) => {
      if (!area || area.box[0] > seen[2] || area.box[2] < seen[0] || area.box[1] > seen[3] || area.box[3] < seen[1]) return
      context.fillStyle = fills(this.drawing.looks[index])
      context.fill(area.path, 'evenodd')
      if (this.drawing.looks[index] === '.') return
      const [west, north, east, south] = area.box
      inSight.set(index, [west * scale + left, north * scale + top, east * scale + left, south * scale + top])
    })
    context.lineJoin = 'round'
    context.strokeStyle = INK
    context.lineWidth = (areas.length > 500 ? Math.min(1, Math.max(0.25, (zoom - 6) / 4)) : 1) / scale
    context.stroke(borders)
    for (const [colour, width] of [[ZERO, 6], [OWN, 3]]) {
      context.strokeStyle = colour
      context.lineWidth = width / scale
      for (const own of this.drawing.own) if (areas[own]) context.stroke(areas[own].path)
    }
    const chosen = this.chosen === null ? null : areas[this.chosen]
    if (chosen) {
      context.strokeStyle = INK
      context.lineWidth = 3.5 / scale
      context.stroke(chosen.path)
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const at = ([lon, lat]) => {
      const [x, y] = project(lon, lat)
      return [x * scale - zero.x, y * scale - zero.y]
    }
    this.paintFlows(context, at)
    this.paintPlaces(context, at)
    const { names, people, seats } = this.known
    const onScreen = (area) => (seats[area] ? at(seats[area]) : null)
    context.canvas.dataset.names = paintNames(context, { names, people, seatOf: onScreen }, inSight, INK).join(', ')
  },

  fills(context, scale, left, top) {
    const { colours } = this.drawing
    const plain = { 0: ZERO, '.': ELSEWHERE }
    const patterns = {}
    return (look) => {
      if (typeof look === 'number') return colours[look]
      if (look in TILES) {
        if (!patterns[look]) {
          patterns[look] = context.createPattern(TILES[look](), 'repeat')
          // Patterns keep the size of the screen whatever the zoom.
          patterns[look].setTransform(new DOMMatrix([1 / scale, 0, 0, 1 / scale, -left / scale, -top / scale]))
        }
        return patterns[look]
      }
      return plain[look]
    }
  },

  paintFlows(context, at) {
    if (!this.flows.length) return
    const most = Math.max(...this.flows.map(([, , persons]) => persons))
    for (const [from, to, persons] of this.flows) {
      paintFlow(context, ...at(from), ...at(to), 1 + 7 * Math.sqrt(persons / most), 0.15)
    }
  },

  paintPlaces(context, at) {
    for (const seat of this.places) paintPlace(context, ...at(seat))
  },

  /** Number of the area under a point of the earth, or null. */
  areaAt({ lat, lng }) {
    const [x, y] = project(lng, lat)
    const [px, py] = [x - this.geometry.origin[0], y - this.geometry.origin[1]]
    const context = this.canvas.getContext('2d')
    context.save()
    context.setTransform(1, 0, 0, 1, 0, 0)
    const found = this.geometry.areas.findIndex(
      (area) =>
        area &&
        px >= area.box[0] &&
        px <= area.box[2] &&
        py >= area.box[1] &&
        py <= area.box[3] &&
        context.isPointInPath(area.path, px, py, 'evenodd')
    )
    context.restore()
    return found < 0 ? null : found
  }
})
