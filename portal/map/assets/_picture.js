// The view as a picture: title, maps as they stand, legends and sources, painted anew so that all of it is sharp.
import { legendOf, paintSwatch } from './_view.js'

const RATIO = 2
const EDGE = 16
const LINE = 22
const LEGEND = 300
const FONT = 'Roboto, "Segoe UI", Arial, sans-serif'

/** Lines of a text that fit into a width. */
function wrapped(context, text, width) {
  const lines = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word
    if (line && context.measureText(longer).width > width) {
      lines.push(line)
      line = word
    } else line = longer
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

function paintMap(context, view, x, y, size) {
  const part = document.createElement('canvas')
  part.width = size.x * RATIO
  part.height = size.y * RATIO
  const zero = view.map.getPixelOrigin().add(view.map.containerPointToLayerPoint([0, 0]))
  view.layer.paint(part.getContext('2d'), zero, view.map.getZoom(), RATIO, size)
  context.drawImage(part, x, y, size.x, size.y)
  context.strokeStyle = '#b1b4b6'
  context.lineWidth = 1
  context.strokeRect(x + 0.5, y + 0.5, size.x - 1, size.y - 1)
}

function paintLegend(context, view, x, y) {
  const { data, words } = view
  let line = write(context, data.unit, x, y + 14, LEGEND - EDGE, `bold 15px ${FONT}`) + 6
  for (const [look, text] of legendOf(data, words)) {
    context.setTransform(RATIO, 0, 0, RATIO, 0, 0)
    paintSwatch(context, x, line - 12, look, data.colours)
    line = write(context, text, x + 36, line, LEGEND - EDGE - 36, `15px ${FONT}`) + 4
  }
  return write(context, data.classes, x, line + 6, LEGEND - EDGE, `13px ${FONT}`)
}

/** A canvas with all that the maps show. */
export function picture(views, attribution) {
  const sizes = views.map((view) => view.map.getSize())
  const width = Math.max(...sizes.map((size) => size.x)) + LEGEND + 2 * EDGE
  const notes = views.flatMap((view) => view.data.notes.slice(1, 4))
  const height = sizes.reduce((sum, size) => sum + Math.max(size.y, 380) + 60, 0) + 60 + notes.length * 2 * LINE
  const canvas = document.createElement('canvas')
  canvas.width = width * RATIO
  canvas.height = height * RATIO
  const context = canvas.getContext('2d')
  context.setTransform(RATIO, 0, 0, RATIO, 0, 0)
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, width, height)
  let y = EDGE + 12
  views.forEach((view, index) => {
    y = write(context, view.data.title, EDGE, y, width - 2 * EDGE, `bold 18px ${FONT}`)
    paintMap(context, view, EDGE, y - 8, sizes[index])
    const end = paintLegend(context, view, sizes[index].x + 2 * EDGE, y)
    y = Math.max(y + sizes[index].y, end) + 24
  })
  for (const note of [...new Set(notes), attribution]) {
    y = write(context, note, EDGE, y, width - 2 * EDGE, `13px ${FONT}`)
  }
  return canvas
}

export function savePicture(views, attribution, name) {
  return new Promise((resolve) => {
    picture(views, attribution).toBlob((blob) => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(blob)
      link.download = `${name}.png`
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
      resolve(blob.size)
    }, 'image/png')
  })
}
