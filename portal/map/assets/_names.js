// Names of areas on the canvas: above their seats, only where a name fits into its area and over no other name.
const FONT = '13px Roboto, "Segoe UI", Arial, sans-serif'
const HEIGHT = 17
const ABOVE = 12 // of the seat, where lines and signs of services end
const HALO = 'rgba(255, 255, 255, 0.9)'
const MOST = 400 // areas in sight; with more of them none is large enough for its name

const overlap = (one, other) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom

/**
 * Where names stand: [{ text, x, y, left, top, right, bottom }] in the pixels of the view. Those of areas with more
 * people come first. ``seatOf``: [x, y] of an area's seat or null; ``boxes``: [left, top, right, bottom] of the areas in
 * sight, by number; ``widthOf``: of a text.
 */
function placed({ names, people, seatOf }, boxes, widthOf) {
  const order = [...boxes.keys()].sort((one, other) => (people[other] ?? 0) - (people[one] ?? 0))
  const found = []
  for (const area of order) {
    const seat = seatOf(area)
    if (!seat) continue
    const [x, y] = [seat[0], seat[1] - ABOVE]
    const [left, top, right, bottom] = boxes.get(area)
    const half = widthOf(names[area]) / 2
    if (right - left < 2 * half + 6 || bottom - top < HEIGHT + 4) continue
    // Within the area's own box, so that a name at a border does not lie over the neighbour.
    const middle = Math.min(Math.max(x, left + half + 2), right - half - 2)
    const line = Math.min(Math.max(y, top + HEIGHT / 2), bottom - HEIGHT / 2)
    const name = {
      text: names[area],
      x: middle,
      y: line,
      left: middle - half,
      right: middle + half,
      top: line - HEIGHT / 2,
      bottom: line + HEIGHT / 2
    }
    if (!found.some((other) => overlap(name, other))) found.push(name)
  }
  return found
}

/** Names over the areas of the view, and which they are; ``known`` and ``boxes`` as of ``placed``. */
export function paintNames(context, known, boxes, ink) {
  if (boxes.size > MOST) return []
  context.font = FONT
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.lineWidth = 4
  context.strokeStyle = HALO
  context.fillStyle = ink
  const names = placed(known, boxes, (name) => context.measureText(name).width)
  for (const { text, x, y } of names) {
    context.strokeText(text, x, y)
    context.fillText(text, x, y)
  }
  return names.map(({ text }) => text)
}
