// Switch of layers, and the link that brings the same view back.
import L from './_leaflet.js'

const NARROW_PX = 600

export function layerSwitch(map, overlays, options) {
  const collapsed = map.getContainer().clientWidth < NARROW_PX
  const control = L.control.layers({}, overlays, { ...options, collapsed }).addTo(map)
  const container = control.getContainer()
  const toggle = container.querySelector('.leaflet-control-layers-toggle')
  toggle.title = map.portal.words.layers
  toggle.setAttribute('aria-label', map.portal.words.layers)
  container.querySelector('section').setAttribute('aria-label', map.portal.words.layers)
  container.setAttribute('role', 'group')
  container.setAttribute('aria-label', map.portal.words.layers)
  return control
}

function shownLayers(map) {
  return map.portal.layers.filter(({ layer }) => map.hasLayer(layer)).map(({ id }) => id)
}

/** The query without view and layers, with those that are shown now. */
function address(map, { viewParameter, layersParameter, noLayers }) {
  const here = new URL(window.location.href)
  const { lat, lng } = map.getCenter()
  const zoom = Math.round(map.getZoom() * 100) / 100
  const shown = shownLayers(map)
  here.searchParams.set(viewParameter, `${lat.toFixed(4)},${lng.toFixed(4)},${zoom}`)
  if (shown.length === map.portal.layers.length) here.searchParams.delete(layersParameter)
  else here.searchParams.set(layersParameter, shown.join(',') || noLayers)
  here.search = here.search.replaceAll('%2C', ',')
  return here
}

/** Keep the page's address, the visible link and the form in step with what the reader sees. */
export function permanentLink(map, settings) {
  const link = document.getElementById(settings.link)
  const form = document.getElementById(settings.form)
  const written = document.getElementById('map-address') // on paper
  const lead = (here) => {
    if (link) link.href = here.pathname + here.search
    if (written) written.textContent = here.href
  }
  const update = () => {
    const here = address(map, settings)
    window.history.replaceState(null, '', here)
    lead(here)
  }
  form?.addEventListener('formdata', ({ formData }) => {
    const { searchParams } = address(map, settings)
    for (const name of [settings.viewParameter, settings.layersParameter]) {
      if (searchParams.has(name)) formData.set(name, searchParams.get(name))
    }
  })
  map.portal.settle().then(() => {
    lead(address(map, settings))
    map.on('moveend overlayadd overlayremove', update)
  })
}
