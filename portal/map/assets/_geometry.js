// From quantised TopoJSON to paths that a canvas draws, each border once; the shapes are decoded once for all layers.

const WORLD = 256 // pixels of the whole world at zoom 0, as Leaflet counts them

/** Mercator at zoom 0, as of Leaflet's EPSG:3857. */
export function project(lon, lat) {
  const sine = Math.sin((Math.max(-85.0511, Math.min(85.0511, lat)) * Math.PI) / 180)
  return [(lon / 360 + 0.5) * WORLD, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD]
}

/** Arcs as flat lists of projected points, relative to an origin so that single precision is enough for paths. */
function decode({ arcs, transform }, origin) {
  const { scale, translate } = transform
  return arcs.map((arc) => {
    const points = new Float64Array(arc.length * 2)
    let x = 0
    let y = 0
    arc.forEach(([dx, dy], index) => {
      x += dx
      y += dy
      const [px, py] = project(x * scale[0] + translate[0], y * scale[1] + translate[1])
      points[2 * index] = px - origin[0]
      points[2 * index + 1] = py - origin[1]
    })
    return points
  })
}

function trace(path, points, backwards, isFirst) {
  const count = points.length / 2
  for (let step = isFirst ? 0 : 1; step < count; step += 1) {
    const place = 2 * (backwards ? count - 1 - step : step)
    if (step === 0) path.moveTo(points[place], points[place + 1])
    else path.lineTo(points[place], points[place + 1])
  }
}

const numberOf = (arc) => (arc < 0 ? ~arc : arc)

/** Smallest box around the arcs of a shape: [left, top, right, bottom]. */
function boxOf(rings, boxes) {
  const found = [Infinity, Infinity, -Infinity, -Infinity]
  for (const ring of rings) {
    for (const arc of ring) {
      const box = boxes[numberOf(arc)]
      if (box[0] < found[0]) found[0] = box[0]
      if (box[1] < found[1]) found[1] = box[1]
      if (box[2] > found[2]) found[2] = box[2]
      if (box[3] > found[3]) found[3] = box[3]
    }
  }
  return found
}

function boxOfPoints(points) {
  const box = [Infinity, Infinity, -Infinity, -Infinity]
  for (let index = 0; index < points.length; index += 2) {
    box[0] = Math.min(box[0], points[index])
    box[1] = Math.min(box[1], points[index + 1])
    box[2] = Math.max(box[2], points[index])
    box[3] = Math.max(box[3], points[index + 1])
  }
  return box
}

/**
 * Paths of the areas in the order of ``codes`` (null for one without a shape), their boxes, and one path of all
 * borders; all in projected units from ``origin``.
 */
export function buildPaths(topology, codes, bounds) {
  const middle = [(bounds[0][1] + bounds[1][1]) / 2, (bounds[0][0] + bounds[1][0]) / 2]
  const origin = project(...middle)
  const arcs = decode(topology, origin)
  const boxes = arcs.map(boxOfPoints)
  const shapes = new Map(topology.objects.units.geometries.map((shape) => [shape.id, shape]))
  const areas = codes.map((code) => {
    const shape = shapes.get(code)
    if (!shape) return null
    const rings = shape.type === 'Polygon' ? shape.arcs : shape.arcs.flat()
    const path = new Path2D()
    for (const ring of rings) {
      ring.forEach((arc, index) => trace(path, arcs[numberOf(arc)], arc < 0, index === 0))
      path.closePath()
    }
    return { path, box: boxOf(rings, boxes) }
  })
  const borders = new Path2D()
  for (const points of arcs) trace(borders, points, false, true)
  return { origin, areas, borders }
}
