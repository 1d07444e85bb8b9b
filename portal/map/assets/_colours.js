// Signs of areas that are in no class. Colours of classes come with the figures (portal/map/colours.py). White is a true
// zero; what has no number has a pattern of its own.

export const ZERO = '#ffffff'
export const ELSEWHERE = '#f3f2f1'
export const INK = '#0b0c0c'
export const OWN = '#d53880' // the outline of areas that are the reader's own
const LINE = '#6f777b'
const TILE = 8

function tile(draw) {
  const canvas = document.createElement('canvas')
  canvas.width = TILE
  canvas.height = TILE
  const context = canvas.getContext('2d')
  context.fillStyle = ZERO
  context.fillRect(0, 0, TILE, TILE)
  context.strokeStyle = LINE
  context.fillStyle = LINE
  context.lineWidth = 1.4
  context.beginPath()
  draw(context)
  return canvas
}

function slant(context, falling) {
  for (const shift of [-TILE, 0, TILE]) {
    context.moveTo(shift, falling ? 0 : TILE)
    context.lineTo(shift + TILE, falling ? TILE : 0)
  }
  context.stroke()
}

/** Tiles by the letter of the state: m hatched, n dotted, h cross-hatched, x (no norm) lined. */
export const TILES = {
  m: () => tile((context) => slant(context, false)),
  n: () => tile((context) => {
    context.arc(TILE / 2, TILE / 2, 1.3, 0, 2 * Math.PI)
    context.fill()
  }),
  h: () => tile((context) => {
    slant(context, false)
    slant(context, true)
  }),
  x: () => tile((context) => {
    for (const y of [TILE / 4, (3 * TILE) / 4]) {
      context.moveTo(0, y)
      context.lineTo(TILE, y)
    }
    context.stroke()
  })
}

/** Which letter or class each area is drawn by: a number of a class, or "0", "n", "m", "h", ".", "x" (no norm). */
export function looksOf(data) {
  const { states, norms, upper } = data
  const numbers = numbersOf(data)
  const normOf = normsOf(data)
  return Array.from(states, (state, area) => {
    if (state !== 'v') return state
    const value = numbers[area]
    if (!norms) return upper.filter((end) => end < value).length
    const norm = normOf[area]
    return norm === null ? 'x' : upper.filter((end) => end <= value - norm).length
  })
}

/** Values by area, null where there is no number; a true zero is 0. */
export function numbersOf({ states, values }) {
  let place = 0
  return Array.from(states, (state) => {
    if (state === '0') return 0
    if (state !== 'v') return null
    place += 1
    return values[place - 1]
  })
}

/** Norms by area, null where there is none or no number to compare with it. */
export function normsOf({ states, norms }) {
  let place = 0
  return Array.from(states, (state) => {
    if (!norms || (state !== 'v' && state !== '0')) return null
    place += 1
    return norms[place - 1]
  })
}
