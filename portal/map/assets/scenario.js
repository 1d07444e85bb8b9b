/** The map of what a scenario changes: the figures stand in the page, shapes and names are those of the layers. */
import { buildPaths } from './_geometry.js'
import { json } from './_json.js'
import { View } from './_view.js'

const setup = JSON.parse(document.getElementById('scenario-setup').textContent)
const place = document.getElementById('scenario-map')

async function start() {
  const [topology, names] = await Promise.all([json(setup.shapes), json(setup.areas)])
  const geometry = buildPaths(topology, names.codes, setup.bounds)
  const view = new View(document.getElementById('scenario-canvas'), setup, geometry, names)
  view.show(setup.drawing, { withFlows: false })
  place.dataset.drawn = 'true'
}

start().catch((error) => {
  console.error(error)
  const message = document.createElement('p')
  message.className = 'layers-message'
  message.setAttribute('role', 'alert')
  message.textContent = setup.words.failed
  place.prepend(message)
  place.dataset.drawn = 'failed'
})
