// The view as a picture that stands alone: title, maps as they stand, legends, what the figures are and whose, and the
// address that brings the view back; painted anew so that all of it is sharp.
import { ELSEWHERE } from './_colours.js'
import { legendOf, paintSwatch } from './_view.js'

const RATIO = 2
const EDGE = 16
const LINE = 22
const LEGEND = 300
const FONT = 'Roboto, "Segoe UI", Arial, sans-serif'

/** Lines of a text that fit into a width; a word that is longer, as an address is, is broken. */
function wrapped(context, text, width) {
  const lines = []
  let line = ''
  for (const word of text.split(' ')) {
    let rest = word
    if (line && context.measureText(`${line} ${rest}`).width > width) {
      lines.push(line)
      line = ''
    }
    while (!line && context.measureText(rest).width > width) {
      let fits = rest.length - 1
      while (fits > 1 && context.measureText(rest.slice(0, fits)).width > width) fits -= 1
      lines.push(rest.slice(0, fits))
      rest = rest.slice(fits)
    }
    line = line ? `${line} ${rest}` : rest
  }
  return [...lines, line]
}

function write(context, text, x, y, width, font) {
  context.font = font
  context.fillStyle = '#0b0c0c'
  const lines = wrapped(context, text, width)
  lines.forEach((line, index) => context.fillText(line, x, y + index * LINE))
  return y + lines.length * LINE
}

/** A canvas with the map as it stands. */
function mapOf(view) {
  const size = view.map.getSize()
  const part = document.createElement('canvas')
  part.width = size.x * RATIO
  part.height = size.y * RATIO
  const zero = view.map.getPixelOrigin().add(view.map.containerPointToLayerPoint([0, 0]))
  const own = part.getContext('2d')
  own.fillStyle = ELSEWHERE // so that a true zero stands off from what is no area
  own.fillRect(0, 0, part.width, part.height)
  view.layer.paint(own, zero, view.map.getZoom(), RATIO, size)
  return part
}

function paintMap(context, view, x, y, size) {
  context.drawImage(mapOf(view), x, y, size.x, size.y)
  context.strokeStyle = '#b1b4b6'
  context.lineWidth = 1
  context.strokeRect(x + 0.5, y + 0.5, size.x - 1, size.y - 1)
}

function paintLegend(context, view, x, y) {
  const { data } = view
  let line = write(context, data.unit, x, y + 14, LEGEND - EDGE, `bold 15px ${FONT}`) + 6
  for (const [look, text] of legendOf(view)) {
    paintSwatch(context, x, line - 12, look, data.colours)
    line = write(context, text, x + 36, line, LEGEND - EDGE - 36, `15px ${FONT}`) + 4
  }
  return data.classes ? write(context, data.classes, x, line + 6, LEGEND - EDGE, `13px ${FONT}`) : line
}

/** All of the picture; the height that it takes. */
function paint(context, views, ends, width) {
  let y = EDGE + 12
  for (const view of views) {
    const size = view.map.getSize()
    y = write(context, view.data.title, EDGE, y, width - 2 * EDGE, `bold 18px ${FONT}`)
    paintMap(context, view, EDGE, y - 8, size)
    const end = paintLegend(context, view, size.x + 2 * EDGE, y)
    y = Math.max(y + size.y, end) + 24
  }
  const say = (line, weight = '') => {
    y = write(context, line, EDGE, y, width - 2 * EDGE, `${weight}13px ${FONT}`)
  }
  for (const { data } of views) {
    if (views.length > 1) say(data.title, 'bold ')
    data.notes.forEach((note) => say(note))
  }
  ends.forEach((line) => say(line))
  return y
}

function prepared(width, height) {
  const canvas = document.createElement('canvas')
  canvas.width = width * RATIO
  canvas.height = height * RATIO
  const context = canvas.getContext('2d')
  context.setTransform(RATIO, 0, 0, RATIO, 0, 0)
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, width, height)
  return { canvas, context }
}

/** Maps for paper: as they stand, at the width of the sheet, since a map of another size would cut the region off. */
export function preparePrint(views) {
  for (const view of views) {
    const sheet = mapOf(view)
    sheet.className = 'layers-map__sheet'
    sheet.setAttribute('aria-hidden', 'true')
    view.figure.querySelector('.layers-map__sheet')?.remove()
    view.element.before(sheet)
  }
}

/** A canvas with all that the maps show, and below them ``ends``: whose the boundaries are, the address. */
function picture(views, ends) {
  const width = Math.max(...views.map((view) => view.map.getSize().x)) + LEGEND + 2 * EDGE
  const height = paint(prepared(1, 1).context, views, ends, width)
  const { canvas, context } = prepared(width, height)
  paint(context, views, ends, width)
  return canvas
}

export function savePicture(views, ends, name) {
  return new Promise((resolve) => {
    picture(views, ends).toBlob((blob) => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(blob)
      link.download = `${name}.png`
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
      resolve(blob.size)
    }, 'image/png')
  })
}
