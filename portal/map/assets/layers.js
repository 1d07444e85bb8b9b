/**
 * Layers of the map in the browser: shapes and names are asked for once, each change of layer, time or filter asks for
 * a row of numbers alone. All words come from the server, in the reader's language.
 */
import { buildPaths } from './_geometry.js'
import { json } from './_json.js'
import { preparePrint, savePicture } from './_picture.js'
import { linkFiles, tell } from './_told.js'
import { Twin } from './_twin.js'
import { View } from './_view.js'

const setup = JSON.parse(document.getElementById('layers-setup').textContent)
const form = document.getElementById('layers-form')
const byId = (id) => document.getElementById(id)
const FILTERS = { druh: 'type', forma: 'form', skupina: 'group', situace: 'situation', jednotka: 'unit', obyvatel: 'people' }
if (form.elements.namedItem('cesta')) FILTERS.cesta = 'way' // offered where travel times are imported

const field = (name) => form.elements.namedItem(name)
const level = () => field('uzemi').value
const layerOf = (name) => setup.layers[name]

let first = null
let second = null
let twin = null
let twinBeside = null
let titleShown = byId('layers-title').textContent
let asking = null // what was asked for last; an earlier answer that comes later is thrown away
const levels = new Map()
const switches = { ...setup.switches }

/** Shapes and names of a level, each fetched and built once. */
function loadLevel(word) {
  if (!levels.has(word)) {
    const { shapes, areas } = setup.levels[word]
    const loading = Promise.all([json(shapes), json(areas)]).then(([topology, names]) => ({
      geometry: buildPaths(topology, names.codes, setup.bounds),
      names
    }))
    levels.set(word, loading)
    loading.catch(() => levels.delete(word)) // asked for again when it is chosen again
  }
  return levels.get(word)
}

/** The query of a layer with the filters that it has. */
function queryOf(layer) {
  const query = new URLSearchParams({ vrstva: layer })
  const allowed = layerOf(layer).filters[level()]
  for (const name of ['obdobi', 'uzemi', 'orp', 'tridy']) if (field(name).value) query.set(name, field(name).value)
  for (const [name, filter] of Object.entries(FILTERS)) {
    if (field(name).value && allowed.includes(filter)) query.set(name, field(name).value)
  }
  if (switches.flows && layerOf(layer).hasFlows) query.set('cary', '1')
  return query
}

/** The query of the second map: the same but for its layer and, where it has one, its time. */
function queryBeside() {
  const query = queryOf(field('vedle').value)
  if (field('vedle-obdobi').value) query.set('obdobi', field('vedle-obdobi').value)
  return query
}

function valuesAddress(query) {
  const whole = new URLSearchParams(query)
  if (setup.framed) whole.set('verejne', '1')
  return `${setup.values}?${whole}`
}

function fail(error, sentence = setup.words.failed) {
  console.error(error)
  const maps = byId('layers-maps')
  maps.dataset.drawn = 'failed'
  let message = maps.querySelector('.layers-message')
  if (!message) {
    message = document.createElement('p')
    message.className = 'layers-message'
    message.setAttribute('role', 'alert')
    maps.prepend(message)
  }
  message.textContent = sentence
}

/** What failed before does not stand over what has come now. */
function succeed() {
  byId('layers-maps').dataset.drawn = 'true'
  byId('layers-maps').querySelector('.layers-message')?.remove()
}

/** Fields of filters that neither layer has are put aside, their values kept. */
function fitForm() {
  const beside = field('vedle').value
  const allowed = [field('vrstva').value, beside].flatMap((name) => (name ? layerOf(name).filters[level()] : []))
  for (const [name, filter] of Object.entries(FILTERS)) {
    put(name, allowed.includes(filter))
  }
  // Classes of distances from a norm are fixed.
  put('tridy', [field('vrstva').value, beside].some((name) => name && !layerOf(name).hasNorm))
}

function put(name, applies) {
  field(name).closest('[data-choice]').hidden = !applies
}

/** Times of the second map; empty stands for that of the first. */
function fillTimesBeside(data) {
  const select = field('vedle-obdobi')
  const chosen = select.value && data?.time
  const times = (data?.times ?? []).map(([time, text]) => new Option(text, time, false, time === chosen))
  select.replaceChildren(select.options[0], ...times)
  put('vedle-obdobi', times.length > 0)
}

function fillTimes(data) {
  const select = field('obdobi')
  select.replaceChildren(...data.times.map(([time, text]) => new Option(text, time, false, time === data.time)))
  put('obdobi', data.times.length > 0)
  const slider = byId('layers-time')
  const place = data.times.findIndex(([time]) => time === data.time)
  byId('layers-slider').hidden = data.times.length < 2 || place < 0 // a layer that is hidden is told of no time
  slider.max = String(Math.max(0, data.times.length - 1))
  slider.value = String(place)
  tellTime()
}

function tellTime() {
  const slider = byId('layers-time')
  const text = field('obdobi').options[Number(slider.value)]?.text ?? ''
  byId('layers-time-text').textContent = text
  slider.setAttribute('aria-valuetext', text)
}

function showSecond(data, loaded) {
  const figure = byId('layers-second')
  figure.hidden = !data
  fillTimesBeside(data)
  tell('-second', data, loaded.names, setup.words, switches.flows)
  for (const id of ['layers-beside', 'layers-second-table']) if (byId(id)) byId(id).hidden = !data
  byId('layers-maps').classList.toggle('layers-maps--two', Boolean(data))
  if (!data) {
    first.map.invalidateSize({ animate: false })
    return
  }
  if (!second) {
    const centre = first.map.getCenter()
    second = new View(figure, { ...setup, view: [centre.lat, centre.lng, first.map.getZoom()] }, loaded.geometry, loaded.names)
    follow(first, second)
    follow(second, first)
  } else if (second.names !== loaded.names) second.setLevel(loaded.geometry, loaded.names)
  first.map.invalidateSize({ animate: false })
  second.map.invalidateSize({ animate: false })
  second.map.setView(first.map.getCenter(), first.map.getZoom(), { animate: false })
  second.show(data, { withFlows: switches.flows })
  twinBeside?.show(data, second.numbers, loaded.names)
}

/** Two maps always show the same part. */
function follow(leader, follower) {
  leader.map.on('moveend', () => {
    if (follower.isFollowing || byId('layers-second').hidden) return
    leader.isFollowing = true
    follower.map.setView(leader.map.getCenter(), leader.map.getZoom(), { animate: false })
    leader.isFollowing = false
  })
}

function writeLinks(data, other) {
  const files = (suffix, query, time) => {
    query.delete('cary') // files have areas alone
    if (time) query.set('obdobi', time)
    linkFiles(suffix, setup.files, query)
  }
  files('', queryOf(field('vrstva').value), data.time)
  if (other) files('-second', queryBeside(), other.time)
  permanent()
}

/** The same view with its layers in each other's place: there the table of the second one has all that it can do. */
function linkSecond(query) {
  const link = document.querySelector('#layers-second-table a')
  if (!link || !second?.data || byId('layers-beside').hidden) return
  const swapped = new URLSearchParams(query)
  const set = (name, value) => (value ? swapped.set(name, value) : swapped.delete(name))
  set('vrstva', second.data.layer)
  set('obdobi', second.data.time)
  set('vedle', first.data.layer)
  set('vedle-obdobi', first.data.time)
  link.href = `${setup.page}?${swapped.toString().replaceAll('%2C', ',')}#figures`
}

/** The page's address and the visible link say what the reader sees. */
function permanent() {
  const query = queryOf(field('vrstva').value)
  // What only the second layer is narrowed to belongs to the view too.
  if (field('vedle').value) for (const [name, word] of queryBeside()) if (!query.has(name) && name !== 'obdobi') query.set(name, word)
  for (const name of ['vedle', 'vedle-obdobi']) if (field('vedle').value && field(name).value) query.set(name, field(name).value)
  if (switches.places && layerOf(field('vrstva').value).hasPlaces) query.set('mista', '1')
  if (twin && twin.sorting() !== 'nazev') query.set('razeni', twin.sorting())
  const { lat, lng } = first.map.getCenter()
  query.set('pohled', `${lat.toFixed(4)},${lng.toFixed(4)},${Math.round(first.map.getZoom() * 100) / 100}`)
  linkSecond(query)
  const text = query.toString().replaceAll('%2C', ',')
  const link = byId('layers-link')
  if (setup.framed) link.href = `${link.pathname}?${text}`
  else {
    link.href = `${setup.page}?${text}`
    window.history.replaceState(null, '', `${setup.page}?${text}`)
    byId('layers-address').textContent = setup.words.address.replace('{address}', () => link.href)
  }
  const code = byId('layers-embed')
  if (code) code.textContent = code.textContent.replace(/src="[^"]*"/, `src="${window.location.origin}${setup.embed}?${text}"`)
}

function showAll(data, loaded) {
  if (first.names !== loaded.names) first.setLevel(loaded.geometry, loaded.names)
  first.show(data, { withFlows: switches.flows })
  byId('layers-title').textContent = data.title
  document.title = document.title.replace(titleShown, () => data.title)
  titleShown = data.title
  tell('', data, loaded.names, setup.words, switches.flows)
  twin?.show(data, first.numbers, loaded.names)
  fillTimes(data)
  fillSwitches(data)
}

function fillSwitches(data) {
  const place = byId('layers-switches')
  if (!place) return
  const offered = []
  if (layerOf(data.layer).hasFlows) offered.push(['flows', setup.words.flows])
  if (layerOf(data.layer).hasPlaces) offered.push(['places', setup.words.places])
  place.replaceChildren(
    ...offered.map(([name, text]) => {
      const label = document.createElement('label')
      const box = document.createElement('input')
      box.type = 'checkbox'
      box.checked = switches[name]
      box.addEventListener('change', () => {
        switches[name] = box.checked
        const redraw = name === 'flows' ? update() : decorate(data)
        redraw.then(permanent).catch(fail)
      })
      label.append(box, ` ${text}`)
      return label
    })
  )
}

/** Lines and places over the areas, as switched on. */
async function decorate(data) {
  let places = []
  if (switches.places && layerOf(data.layer).hasPlaces) {
    const query = new URLSearchParams()
    for (const name of ['druh', 'forma']) if (field(name).value) query.set(name, field(name).value)
    places = (await json(`${setup.places}?${query}`)).places.map(([lon, lat]) => [lon, lat])
  }
  if (first.data !== data) return // something else is shown by now
  first.layer.places = places
  first.show(data, { withFlows: switches.flows })
  second?.data && second.show(second.data, { withFlows: switches.flows })
}

/** Ask for what the form says and show it. */
async function update() {
  asking?.abort()
  asking = new AbortController()
  const { signal } = asking
  const begun = performance.now()
  fitForm()
  const name = field('vrstva').value
  const beside = field('vedle').value
  const answers = await Promise.all([
    json(valuesAddress(queryOf(name)), { signal }),
    beside ? json(valuesAddress(queryBeside()), { signal }) : null,
    loadLevel(level())
  ]).catch((error) => {
    if (!signal.aborted) fail(error, setup.words.unchanged.replace('{title}', () => first.data.title))
  })
  if (signal.aborted || !answers) return
  const [data, other, loaded] = answers
  succeed()
  showAll(data, loaded)
  showSecond(other, loaded)
  if (switches.places) await decorate(data)
  if (signal.aborted) return
  writeLinks(data, other)
  byId('layers-maps').dataset.changedMs = (performance.now() - begun).toFixed(1)
  byId('layers-maps').dataset.shown = `${data.layer} ${data.time ?? ''}`.trim()
}

async function start() {
  const beside = field('vedle').value
  const [data, other, loaded] = await Promise.all([
    json(setup.first),
    beside ? json(valuesAddress(queryBeside())) : null,
    loadLevel(level())
  ])
  fitForm()
  first = new View(byId('layers-first'), setup, loaded.geometry, loaded.names)
  const table = byId('figures')
  if (table) {
    const choose = (area) => {
      first.focus(area)
      second?.data && second.focus(area)
    }
    twin = new Twin(table, byId('layers-pages'), setup, choose, permanent)
    twinBeside = new Twin(byId('figures-second'), byId('layers-pages-second'), setup, choose, () => {})
  }
  showAll(data, loaded)
  showSecond(other, loaded)
  if (switches.places) await decorate(data)
  writeLinks(data, other)
  first.map.on('moveend', permanent)
  form.addEventListener('change', () => update().catch(fail))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    update().catch(fail)
  })
  const slider = byId('layers-time')
  slider.addEventListener('input', () => {
    field('obdobi').selectedIndex = Number(slider.value)
    tellTime()
    update().catch(fail)
  })
  const shownViews = () => (second && !byId('layers-second').hidden ? [first, second] : [first])
  window.addEventListener('beforeprint', () => preparePrint(shownViews()))
  byId('layers-png')?.addEventListener('click', async () => {
    const views = shownViews()
    const ends = [...(setup.schematic ? [setup.words.schematic] : []), setup.words.attribution, byId('layers-address').textContent]
    const name = ['mapa', first.data.layer, first.data.time].filter(Boolean).join('-')
    byId('layers-png').dataset.bytes = String(await savePicture(views, ends, name))
  })
  byId('layers-print')?.addEventListener('click', () => window.print())
  byId('layers-maps').dataset.shown = `${data.layer} ${data.time ?? ''}`.trim()
  window.requestAnimationFrame(() => {
    byId('layers-maps').dataset.drawn = 'true'
    byId('layers-maps').dataset.drawnMs = performance.now().toFixed(0)
  })
}

start().catch(fail)
