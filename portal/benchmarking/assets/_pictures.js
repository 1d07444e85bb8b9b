// Charts as PNG pictures. Each says above itself what it shows, so that it can be pasted anywhere.
const WIDTH = 1000
const RATIO = 2
const HEADING = 40
const FONT = 'Roboto, Arial, sans-serif'
const SVG = 'http://www.w3.org/2000/svg'
const ROW = 34
const DRAWING = { x: 600, width: 384, height: 28 } // of a bullet in the picture of the table
const VALUE_END = 580

/** Saves a chart of the library under the name and heading of its button. */
export function saveChart(chart, { picture, heading }, locale) {
  const { layout } = chart
  const height = chart.offsetHeight + HEADING
  const headed = {
    ...layout,
    width: WIDTH,
    height,
    autosize: false,
    paper_bgcolor: '#ffffff',
    margin: { ...layout.margin, t: layout.margin.t + HEADING },
    title: {
      text: heading.replaceAll('&', '&amp;').replaceAll('<', '&lt;'), // the library reads tags in texts
      font: { size: 18 },
      x: 0.016,
      xanchor: 'left',
      yref: 'container',
      y: 1 - 16 / height,
      yanchor: 'top'
    }
  }
  const size = { format: 'png', width: WIDTH, height, scale: RATIO, filename: picture }
  return window.Plotly.downloadImage({ data: chart.data, layout: headed, config: { locale } }, size)
}

function add(parent, name, attributes = {}) {
  const node = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  parent.append(node)
  return node
}

const measure = document.createElement('canvas').getContext('2d')

function write(parent, text, x, y, { size = 15, weight = 400, room = WIDTH, anchor = 'start' } = {}) {
  measure.font = `${weight} ${size}px ${FONT}`
  let shown = text
  while (shown && measure.measureText(shown).width > room) shown = `${shown.slice(0, -2).trimEnd()}…`
  const look = { x, y, 'font-family': FONT, 'font-size': size, 'font-weight': weight, 'text-anchor': anchor, fill: '#0b0c0c' }
  add(parent, 'text', look).textContent = shown
  return measure.measureText(shown).width
}

function place(parent, drawing, box) {
  const copy = drawing.cloneNode(true)
  for (const [key, value] of Object.entries(box)) copy.setAttribute(key, value)
  parent.append(copy)
}

/** The table of services as a drawing: legend, and name, value and bullet of each row. */
function drawBullets(table, heading) {
  const rows = [...table.querySelectorAll('tbody tr')]
  const height = HEADING + 2 * ROW + rows.length * ROW
  const picture = document.createElementNS(SVG, 'svg')
  for (const [key, value] of Object.entries({ width: WIDTH, height })) picture.setAttribute(key, value)
  add(picture, 'rect', { width: WIDTH, height, fill: '#ffffff' })
  for (const shared of document.querySelectorAll('.bullet-patterns defs')) picture.append(shared.cloneNode(true))
  write(picture, heading, 16, 32, { size: 18, weight: 700, room: WIDTH - 32 })
  let x = 16
  for (const entry of document.querySelectorAll('.bullet-legend li')) {
    place(picture, entry.querySelector('svg'), { x, y: HEADING + 10, width: 24, height: 16 })
    x += 56 + write(picture, entry.textContent.trim(), x + 32, HEADING + 23)
  }
  rows.forEach((row, index) => {
    const y = HEADING + ROW + 12 + index * ROW
    const [name, value] = [row.querySelector('th'), row.querySelector('td')].map((cell) => cell.textContent.trim())
    const taken = write(picture, value, VALUE_END, y + 20, { room: 240, anchor: 'end' })
    write(picture, name, 16, y + 20, { room: VALUE_END - 32 - taken })
    const drawing = row.querySelector('svg.bullet')
    if (drawing) place(picture, drawing, { ...DRAWING, y: y + 1 })
  })
  return picture
}

/** Saves the bullets of a table. */
export async function saveBullets(table, { picture, heading }) {
  const drawn = drawBullets(table, heading)
  const image = new Image()
  const source = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(drawn)], { type: 'image/svg+xml' }))
  image.src = source
  await image.decode()
  URL.revokeObjectURL(source)
  const canvas = document.createElement('canvas')
  canvas.width = RATIO * image.width
  canvas.height = RATIO * image.height
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height)
  canvas.toBlob((content) => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(content)
    link.download = `${picture}.png`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }, 'image/png')
}
