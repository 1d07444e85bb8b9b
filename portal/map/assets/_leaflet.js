// The clustering plug-in looks for a global L; this module runs before it.
import L from 'leaflet'

globalThis.L = L

/** Show all of the bounds, above the attribution, which has several lines on a phone; it has to be there already. */
export function fitAbove(map, bounds, attribution) {
  const bottom = attribution.getContainer().offsetHeight
  map.fitBounds(bounds, { animate: false, paddingTopLeft: [8, 8], paddingBottomRight: [8, 8 + bottom] })
}

export default L
