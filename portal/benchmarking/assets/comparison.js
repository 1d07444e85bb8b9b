// Draws the overview of a comparison and lets the arrow keys walk over its bars. The table below is its twin.
import czech from 'plotly.js-locales/cs.js'
import { saveBullets, saveChart } from './_pictures.js'

const place = document.getElementById('comparison-chart')
const said = document.getElementById('comparison-said')
const names = read('comparison-names') || []
const figure = place && named(read('comparison-data'))
const language = place ? place.dataset.language : 'cs'
// A chart holds figures of single providers: the button that sends it to the library's maker is not there, nor an address.
// Its button for a picture is out of reach of keys and fingers: one with words stands under each chart.
const settings = {
  responsive: true,
  displaylogo: false,
  plotlyServerURL: '',
  modeBarButtonsToRemove: ['toImage', 'sendChartToCloud', 'sendDataToCloud', 'select2d', 'lasso2d', 'autoScale2d'],
  scrollZoom: false
}

function read(id) {
  const script = document.getElementById(id)
  return script && JSON.parse(script.textContent)
}

// Charts of services point to names by their place. The library reads tags in texts, so the ones it shows are escaped.
function named({ data, layout }) {
  const signs = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  const escaped = (text) => text.replace(/[&<>]/g, (sign) => signs[sign])
  for (const trace of data) {
    trace.customdata = trace.customdata?.map((place) => [...names[place].map(escaped), ...names[place]])
  }
  return { data, layout }
}

function bars() {
  const found = []
  figure.data.forEach((trace, curveNumber) => {
    trace.x.forEach((x, pointNumber) => found.push({ curveNumber, pointNumber, x }))
  })
  return found.sort((a, b) => a.x - b.x)
}

function say({ curveNumber, pointNumber }) {
  const trace = figure.data[curveNumber]
  const value = trace.y[pointNumber]
  const share = { style: 'percent', maximumFractionDigits: 1 }
  const words =
    place.dataset.unit === '%'
      ? (value / 100).toLocaleString(language, share)
      : `${value.toLocaleString(language)} ${place.dataset.unit}`
  said.textContent = `${trace.customdata[pointNumber].slice(2).join(', ')}: ${words}, ${trace.name}`
}

function walk(points) {
  let at = -1
  place.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (event.key === 'Home') at = 0
    else if (event.key === 'End') at = points.length - 1
    else if (step) at = Math.min(Math.max(at + step, 0), points.length - 1)
    else if (event.key === 'Escape') {
      window.Plotly.Fx.unhover(place)
      return
    } else return
    event.preventDefault()
    window.Plotly.Fx.hover(place, [points[at]])
    say(points[at])
  })
  place.addEventListener('blur', () => window.Plotly.Fx.unhover(place))
}

window.Plotly.register(czech)
if (place) {
  place.closest('section').hidden = false
  window.Plotly.newPlot(place, figure.data, figure.layout, { ...settings, locale: language }).then(() => walk(bars()))
}
// On paper a chart fits on the sheet, and its words are as large as on the screen.
const SHEET_PX = { width: 630, height: 900 }
const onScreen = new Map()
window.addEventListener('beforeprint', () => {
  for (const chart of document.querySelectorAll('.comparison-overview:not([hidden]) .js-plotly-plot')) {
    const { height = null } = chart.layout
    onScreen.set(chart, { autosize: true, width: null, height })
    const fitting = height && Math.min(height, SHEET_PX.height)
    window.Plotly.relayout(chart, { autosize: false, width: SHEET_PX.width, height: fitting })
  }
})
window.addEventListener('afterprint', () => {
  for (const [chart, size] of onScreen) window.Plotly.relayout(chart, size)
})
// Further charts of the page; each has its figures in a table too.
for (const chart of document.querySelectorAll('[data-chart]')) {
  const { data, layout } = named(read(chart.dataset.chart))
  chart.closest('section').hidden = false
  if (chart.clientWidth < 500) layout.xaxis.nticks = 3 // more would run into each other on a phone
  window.Plotly.newPlot(chart, data, layout, { ...settings, locale: chart.dataset.language })
}
for (const button of document.querySelectorAll('[data-picture]')) {
  const chart = button.closest('section')?.querySelector('.comparison-chart')
  button.hidden = false
  button.addEventListener('click', () => {
    if (chart) saveChart(chart, button.dataset, chart.dataset.language)
    else saveBullets(document.getElementById('services'), button.dataset)
  })
}
