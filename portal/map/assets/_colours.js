// Colours and patterns. ColorBrewer "YlGnBu" for amounts and "PuOr" for distances from the norm: both are told apart
// with any colour vision. White is a true zero; what has no number has a pattern of its own.

export const SEQUENTIAL = ['#ffffcc', '#a1dab4', '#41b6c4', '#2c7fb8', '#253494']
export const DIVERGING = ['#b35806', '#f1a340', '#fee0b6', '#d8daeb', '#998ec3', '#542788']
export const ZERO = '#ffffff'
export const NO_NORM = '#c8cdd0'
export const ELSEWHERE = '#f3f2f1'
export const INK = '#0b0c0c'
export const OWN = '#d53880' // the outline of areas that are the reader's own
const LINE = '#6f777b'
const TILE = 8

/** Colours of so many classes, from the lowest: spread over the scale where there are fewer. */
export function coloursOf(count, isDiverging) {
  const scale = isDiverging ? DIVERGING : SEQUENTIAL
  if (count >= scale.length) return scale
  if (count === 1) return [scale[2]]
  return Array.from({ length: count }, (_, index) => scale[Math.round((index * (scale.length - 1)) / (count - 1))])
}

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

/** Tiles by the letter of the state: m hatched, n dotted, h cross-hatched. */
export const TILES = {
  m: () => tile((context) => slant(context, false)),
  n: () => tile((context) => {
    context.arc(TILE / 2, TILE / 2, 1.3, 0, 2 * Math.PI)
    context.fill()
  }),
  h: () => tile((context) => {
    slant(context, false)
    slant(context, true)
  })
}

/** Which letter or class each area is drawn by: a number of a class, or "0", "n", "m", "h", ".", "x" (no norm). */
export function looksOf(data) {
  const { states, values, norms, upper } = data
  let place = 0
  return Array.from(states, (state) => {
    if (state !== 'v') return state
    const value = values[place]
    const norm = norms ? norms[place] : 0
    place += 1
    if (norms && norm === null) return 'x'
    return norms ? upper.filter((end) => end <= value - norm).length : upper.filter((end) => end < value).length
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
