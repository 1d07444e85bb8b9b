/**
 * The map in the browser. The page's own short script (made by portal/map/drawing.py) calls these functions with
 * what it wants shown; all words come from there, in the reader's language.
 */
import L, { fitAbove } from './_leaflet.js'
import 'leaflet.markercluster'
import { names, units } from './_units.js'
import { services } from './_services.js'
import { layerSwitch, permanentLink } from './_controls.js'

/** What still loads; the map says data-drawn="true" once everything stands. */
function pending(map, container, words) {
  const tasks = []
  map.portal = {
    words,
    layers: [],
    wait(task) {
      tasks.push(task)
    },
    async settle() {
      const results = await Promise.allSettled(tasks)
      const failed = results.filter((result) => result.status === 'rejected')
      failed.forEach(({ reason }) => console.error(reason))
      if (failed.length) tell(container, words.failed)
      map.fire('drawn')
      container.dataset.drawn = failed.length ? 'failed' : 'true'
    }
  }
}

function tell(container, sentence) {
  const message = document.createElement('p')
  message.className = 'map-message'
  message.setAttribute('role', 'alert')
  message.textContent = sentence
  container.append(message)
}

/** The wheel scrolls the page unless the reader works with the map. */
function tameWheel(map) {
  const container = map.getContainer()
  map.scrollWheelZoom.disable()
  container.addEventListener('focusin', () => map.scrollWheelZoom.enable())
  container.addEventListener('focusout', ({ relatedTarget }) => {
    if (!container.contains(relatedTarget)) map.scrollWheelZoom.disable()
  })
}

/** Names the close button in the reader's language; a popup opened by keyboard takes the focus and gives it back. */
function tamePopups(map, words) {
  let opener = null
  map.on('popupopen', ({ popup }) => {
    const element = popup.getElement()
    const close = element.querySelector('.leaflet-popup-close-button')
    if (close) {
      close.setAttribute('aria-label', words.close)
      close.title = words.close
    }
    const marker = popup._source?._icon
    opener = marker && document.activeElement === marker ? marker : null
    if (opener) element.querySelector('a')?.focus({ preventScroll: true })
  })
  map.on('popupclose', () => {
    if (opener?.isConnected) opener.focus({ preventScroll: true })
    opener = null
  })
  // Leaflet hears Escape only while the map itself has the focus, not a sign or a link on it.
  map.getContainer().addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') map.closePopup()
  })
}

const SHEET = 680 // pixels of CSS that a sheet of A4 has room for

/** On paper the map is as on the screen, only smaller: in another size the region would be cut off. */
function keepForPrint(container) {
  window.addEventListener('beforeprint', () => {
    const { clientWidth, clientHeight } = container
    container.style.width = `${clientWidth}px`
    container.style.height = `${clientHeight}px`
    container.style.zoom = Math.min(1, SHEET / clientWidth)
  })
  window.addEventListener('afterprint', () => {
    for (const name of ['width', 'height', 'zoom']) container.style.removeProperty(name)
  })
}

function create(id, options, { bounds, view, words }) {
  const container = document.getElementById(id)
  const map = L.map(container, {
    zoomControl: false,
    attributionControl: false,
    ...options,
    maxBounds: L.latLngBounds(bounds).pad(0.6)
  })
  pending(map, container, words)
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map)
  const attribution = L.control.attribution({ prefix: false }).addAttribution(words.attribution).addTo(map)
  // In the same corner, above the attribution, which takes the whole width of a narrow map.
  L.control.scale({ imperial: false, position: 'bottomright' }).addTo(map)
  if (view) map.setView([view.lat, view.lon], view.zoom, { animate: false })
  else fitAbove(map, bounds, attribution)
  tameWheel(map)
  tamePopups(map, words)
  keepForPrint(container)
  return map
}

globalThis.portalMap = { create, units, names, services, layerSwitch, permanentLink }
