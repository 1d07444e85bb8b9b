// The clustering plug-in looks for a global L; this module runs before it.
import L from 'leaflet'

globalThis.L = L

export default L
