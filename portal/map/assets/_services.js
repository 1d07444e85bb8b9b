// Places of services: markers that group themselves, and what a place tells about its services.
import { json } from './_json.js'
import L from './_leaflet.js'

const TOWN_ZOOM = 12 // 800 px are 20 km or so: a town with the villages around it

function element(tag, className, ...content) {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.append(...content)
  return made
}

/** A round sign with a number; it says its name, made when the sign is drawn, to those who do not see it. */
const Sign = L.DivIcon.extend({
  createIcon(old) {
    const sign = L.DivIcon.prototype.createIcon.call(this, old)
    const label = this.options.label()
    sign.setAttribute('aria-label', label)
    sign.title = label
    return sign
  }
})

function sign(count, kind, label) {
  const size = count === 1 ? 24 : 28 + 4 * Math.min(4, Math.floor(Math.log10(count) * 2))
  const number = element('span', 'map-sign__number', count === 1 ? '' : String(count))
  return new Sign({ html: number, className: `map-sign map-sign--${kind}`, iconSize: [size, size], label })
}

const language = document.documentElement.lang
const pluralRules = new Intl.PluralRules(language)
const numbers = new Intl.NumberFormat(language)

/** "{n} services" in the plural form of the reader's language. */
function counted(forms, count) {
  return (forms[pluralRules.select(count)] ?? forms.other).replace('{n}', numbers.format(count))
}

function popup(place, found, words) {
  const [, , exact, address, entries] = place
  const list = element('ul', 'map-popup__list')
  for (const [registerId, name, type, provider] of entries) {
    const link = element('a', 'govuk-link', name)
    link.href = found.service.replace(/0$/, encodeURIComponent(registerId))
    const note = element('span', 'map-popup__note', `${found.types[type]} – ${found.providers[provider]}`)
    list.append(element('li', '', link, note))
  }
  const box = element('div', 'map-popup', element('strong', 'map-popup__place', address || words.noAddress))
  if (!exact) box.append(element('span', 'map-popup__note', words.inexact))
  box.append(element('span', 'map-popup__count', counted(words.services, entries.length)), list)
  return box
}

/** The box of a place. On a phone it is as wide as the map almost, so it stands below the buttons in the corners. */
function boxOptions() {
  const isNarrow = window.innerWidth < 641
  return {
    maxWidth: isNarrow ? 250 : 300,
    minWidth: 200,
    maxHeight: 260,
    autoPanPaddingTopLeft: isNarrow ? [5, 84] : [5, 5]
  }
}

function markerOf(place, found, words) {
  const [lon, lat, , address, entries] = place
  const label = () =>
    entries.length === 1 ? `${entries[0][1]}, ${address}` : `${address}: ${counted(words.services, entries.length)}`
  const marker = L.marker([lat, lon], { icon: sign(entries.length, 'place', label), services: entries.length })
  return marker.bindPopup(() => popup(place, found, words), boxOptions())
}

/**
 * Open the first place of the service the link names, with all its places in sight and the town around it; a link
 * that also names a view keeps that view, and opens the place if it stands alone there. A place that stands in a
 * group opens over the group: going nearer until it stands alone would leave nothing of the town.
 */
function open(map, group, markers, registerId, keepView) {
  const own = markers.filter(([place]) => place[4].some(([id]) => id === registerId)).map(([, marker]) => marker)
  if (!own.length) return
  const [first] = own
  if (!keepView) {
    const bounds = L.latLngBounds(own.map((marker) => marker.getLatLng()))
    map.fitBounds(bounds.pad(0.2), { animate: false, maxZoom: TOWN_ZOOM })
  }
  if (!map.hasLayer(group)) return
  if (group.getVisibleParent(first) === first) first.openPopup()
  else if (!keepView) L.popup(boxOptions()).setLatLng(first.getLatLng()).setContent(first.getPopup().getContent()).openOn(map)
}

/**
 * Layer of places, filled once their file has come. The number on a group counts a service at each of its places, as the
 * sentence, the legend and the table say.
 */
export function services(map, { id, url, opened, keepView, options }) {
  const { words } = map.portal
  const total = (cluster) => cluster.getAllChildMarkers().reduce((sum, marker) => sum + marker.options.services, 0)
  const group = L.markerClusterGroup({
    ...options,
    iconCreateFunction(cluster) {
      const count = total(cluster)
      return sign(count, 'group', () => `${words.group}: ${counted(words.points, count)}`)
    }
  })
  map.portal.layers.push({ id, layer: group })
  map.portal.wait(
    json(url).then((found) => {
      const markers = found.places.map((place) => [place, markerOf(place, found, words)])
      group.addLayers(markers.map(([, marker]) => marker))
      if (opened) open(map, group, markers, opened, keepView)
    })
  )
  return group
}
