/**
 * Builds what browsers load: bundles portal/<feature>/assets/*.{js,scss}, copies third-party scripts, and
 * writes everything under hashed names with a manifest {logical name: file name} into portal/web/static/dist.
 *
 *   node portal/web/assets/build.mjs            build
 *   node portal/web/assets/build.mjs --check    exit 1 when a source is newer than the built manifest
 *
 * Files whose name begins with "_" are parts of others. Each text file gets .gz and .br beside it.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import * as sass from 'sass'
import { fontPlugin, fontRange, printFonts } from './fonts.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const portal = join(root, 'portal')
const modules = join(root, 'node_modules')
const target = join(portal, 'web/static/dist')
const staging = `${target}.new`

/** Third-party files that are loaded as they are: logical name -> path in node_modules. */
const vendorFiles = {
  'vendor/leaflet.js': 'leaflet/dist/leaflet.js',
  'vendor/markercluster.js': 'leaflet.markercluster/dist/leaflet.markercluster.js',
  'vendor/plotly.js': 'plotly.js-cartesian-dist-min/plotly-cartesian.min.js',
  'vendor/topojson-client.js': 'topojson-client/dist/topojson-client.min.js',
  'vendor/images/marker-icon.png': 'leaflet/dist/images/marker-icon.png',
  'vendor/images/marker-icon-2x.png': 'leaflet/dist/images/marker-icon-2x.png',
  'vendor/images/marker-shadow.png': 'leaflet/dist/images/marker-shadow.png'
}

/** Third-party style sheets, bundled so that the images they name get hashed names too. */
const vendorStyles = {
  'vendor/leaflet.css': ['leaflet/dist/leaflet.css'],
  'vendor/markercluster.css': [
    'leaflet.markercluster/dist/MarkerCluster.css',
    'leaflet.markercluster/dist/MarkerCluster.Default.css'
  ]
}

const imageLoaders = { '.woff2': 'file', '.woff': 'file', '.png': 'file', '.svg': 'file' }

function featureFolders() {
  return readdirSync(portal, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(portal, entry.name, 'assets')))
    .map((entry) => entry.name)
    .sort()
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]))
}

/** Logical name ("catalog/progress.js") -> source file, for every feature. */
function entryPoints() {
  const found = {}
  for (const feature of featureFolders()) {
    const folder = join(portal, feature, 'assets')
    for (const name of readdirSync(folder)) {
      const kind = extname(name)
      if (name.startsWith('_') || !['.js', '.scss'].includes(kind)) continue
      const logical = `${feature}/${basename(name, kind)}${kind === '.scss' ? '.css' : '.js'}`
      found[logical] = join(folder, name)
    }
  }
  return found
}

const sassPlugin = {
  name: 'sass',
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path }) => {
      const { css } = sass.compile(path, {
        loadPaths: [modules, join(portal, 'web/assets')],
        functions: {
          'font-range($part, $script)': ([part, script]) =>
            new sass.SassString(fontRange(part.text, script.text), { quotes: false })
        },
        quietDeps: true,
        logger: sass.Logger.silent
      })
      return { contents: css, loader: 'css', resolveDir: dirname(path) }
    })
  }
}

function hashed(name, contents) {
  const kind = extname(name)
  const digest = createHash('sha256').update(contents).digest('base64url').replace(/[-_]/g, 'x').slice(0, 10)
  return `${name.slice(0, -kind.length)}-${digest}${kind}`
}

function store(name, contents) {
  const file = join(staging, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, contents)
  if (['.js', '.css', '.svg', '.json'].includes(extname(name))) {
    writeFileSync(`${file}.gz`, gzipSync(contents, { level: 9 }))
    const params = { [constants.BROTLI_PARAM_QUALITY]: contents.length > 500_000 ? 9 : 11 }
    writeFileSync(`${file}.br`, brotliCompressSync(contents, { params }))
  }
}

async function bundle(logical, stdinOrEntry, manifest) {
  const result = await esbuild.build({
    ...stdinOrEntry,
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['es2020', 'chrome100', 'firefox100', 'safari15'],
    charset: 'utf8',
    legalComments: 'none',
    outdir: staging,
    entryNames: logical.replace(/\.\w+$/, ''),
    assetNames: 'files/[name]-[hash]',
    publicPath: '..',
    loader: imageLoaders,
    plugins: [sassPlugin, fontPlugin],
    logLevel: 'warning'
  })
  for (const output of result.outputFiles) {
    const name = relative(staging, output.path).replaceAll('\\', '/')
    const contents = Buffer.from(output.contents)
    if (name === logical) {
      manifest[logical] = hashed(logical, contents)
      store(manifest[logical], contents)
    } else {
      store(name, contents)
      manifest[name.replace(/-[A-Z0-9]{8}(\.\w+)$/, '$1')] = name
    }
  }
}

async function build() {
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(staging, { recursive: true })
  const manifest = {}
  for (const [logical, path] of Object.entries(entryPoints())) {
    await bundle(logical, { entryPoints: [path] }, manifest)
  }
  for (const [logical, paths] of Object.entries(vendorStyles)) {
    const contents = paths.map((path) => `@import ${JSON.stringify(join(modules, path))};`).join('\n')
    const stdin = { contents, loader: 'css', resolveDir: root, sourcefile: basename(logical) }
    await bundle(logical, { stdin }, manifest)
  }
  for (const [logical, path] of Object.entries(vendorFiles)) {
    const contents = readFileSync(join(modules, path))
    manifest[logical] = hashed(logical, contents)
    store(manifest[logical], contents)
  }
  for (const [logical, contents] of Object.entries(await printFonts())) {
    manifest[logical] = hashed(logical, contents)
    store(manifest[logical], contents)
  }
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(join(staging, 'manifest.json'), `${JSON.stringify(sorted, null, 2)}\n`)
  rmSync(target, { recursive: true, force: true })
  renameSync(staging, target)
  return sorted
}

function isStale() {
  const manifest = join(target, 'manifest.json')
  if (!existsSync(manifest)) return true
  const built = statSync(manifest).mtimeMs
  const sources = featureFolders().flatMap((feature) => walk(join(portal, feature, 'assets')))
  return [...sources, join(root, 'package-lock.json')].some((path) => statSync(path).mtimeMs > built)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--check')) {
    process.exit(isStale() ? 1 : 0)
  }
  const manifest = await build()
  console.log(`${Object.keys(manifest).length} assets in ${relative(root, target)}`)
}
