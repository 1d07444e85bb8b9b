/**
 * Fonts cut to what Czech and English pages need (docs/adr/0012).
 *
 * "daily" holds the signs of Czech, English and the neighbours' languages, "rest" everything else of the same file
 * of Roboto; the style sheet names the rest before, so that browsers ask for it only for a page with such a letter.
 * Instructions for grid fitting are left out: they are half of a file, and screens of today draw without them.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import subsetFont from 'subset-font'

const require = createRequire(import.meta.url)
const print = join(require.resolve('@expo-google-fonts/roboto/package.json'), '..')
const roboto = join(require.resolve('@fontsource/roboto/package.json'), '..')

/** Pairs of first and last code point. */
const DAILY = {
  latin: [...letters('áéíóúýäëöüôßÁÉÍÓÚÝÄËÖÜÔ'), [0x20, 0x7e], ...letters('\u00a0§«°²³·»½×–—‘’‚“”„•…‰€−\u2009\u202f')],
  'latin-ext': letters('čďěňřšťůžČĎĚŇŘŠŤŮŽĺľŕĹĽŔąćęłńśźżĄĆĘŁŃŚŹŻőűŐŰ')
}

function letters(signs) {
  return [...signs].map((sign) => [sign.codePointAt(0), sign.codePointAt(0)])
}

function readRanges(written) {
  return written.split(',').map((range) => {
    const [first, last = first] = range.trim().replace('U+', '').split('-')
    return [parseInt(first, 16), parseInt(last, 16)]
  })
}

function writeRanges(ranges) {
  const hex = (code) => code.toString(16).toUpperCase()
  const write = ([first, last]) => (first === last ? `U+${hex(first)}` : `U+${hex(first)}-${hex(last)}`)
  return [...ranges].sort(([a], [b]) => a - b).map(write).join(', ')
}

const ALL = Object.fromEntries(
  Object.entries(JSON.parse(readFileSync(join(roboto, 'unicode.json'), 'utf8')))
    .filter(([script]) => script in DAILY)
    .map(([script, written]) => [script, readRanges(written)])
)

/** Value of unicode-range for `font-range("daily", "latin")` in a style sheet. */
export function fontRange(part, script) {
  return writeRanges((part === 'daily' ? DAILY : ALL)[script])
}

function text(ranges) {
  return ranges
    .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)))
    .join('')
}

/** Files named `roboto/<daily or rest>-<weight>-<script>.woff2` in style sheets. */
export const fontPlugin = {
  name: 'fonts',
  setup(build) {
    build.onResolve({ filter: /^roboto\// }, ({ path }) => ({ path, namespace: 'roboto' }))
    build.onLoad({ filter: /.*/, namespace: 'roboto' }, async ({ path }) => {
      const [, part, weight, script] = path.match(/^roboto\/(daily|rest)-(\d+)-([\w-]+)\.woff2$/)
      const whole = readFileSync(join(roboto, `files/roboto-${script}-${weight}-normal.woff2`))
      const signs = part === 'daily' ? { text: text(DAILY[script]) } : { keepAllGlyphs: true }
      const contents = await subsetFont(whole, signs.text, {
        targetFormat: 'woff2',
        noHinting: true,
        keepAllGlyphs: signs.keepAllGlyphs,
        keepFeatures: ['ccmp', 'locl', 'kern', 'mark', 'mkmk', 'tnum']
      })
      return { contents, loader: 'file' }
    })
  }
}

/** Logical name -> whole file of Roboto for documents (PDF wants TrueType, and one file for all signs; docs/adr/0013). */
const PRINT = {
  'web/print-400.ttf': '400Regular/Roboto_400Regular.ttf',
  'web/print-700.ttf': '700Bold/Roboto_700Bold.ttf'
}

/** Logical name -> font cut to latin and latin-ext, without instructions for grid fitting. */
export async function printFonts() {
  const signs = text([...ALL.latin, ...ALL['latin-ext']])
  const cut = async ([name, path]) => [
    name,
    await subsetFont(readFileSync(join(print, path)), signs, { targetFormat: 'sfnt', noHinting: true, keepFeatures: [] })
  ]
  return Object.fromEntries(await Promise.all(Object.entries(PRINT).map(cut)))
}
