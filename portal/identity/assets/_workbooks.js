// The first filled sheet of an XLSX workbook, read by what browsers have: inflating and XML. Values alone, as texts.
import { Unreadable } from './_text_lists.js'

const MAX_UNPACKED_BYTES = 128 * 1024 * 1024
const MAX_ENTRIES = 2000
const END = 0x06054b50
const ENTRY = 0x02014b50
const END_BYTES = 22
const STORED = 0
const DEFLATED = 8
const DAY_MS = 86400000
const DAY_ZERO_MS = Date.UTC(1899, 11, 30)
const DATE_FORMATS = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47])

function endOfArchive(view) {
  for (let place = view.byteLength - END_BYTES; place >= Math.max(0, view.byteLength - END_BYTES - 65535); place -= 1) {
    if (view.getUint32(place, true) === END) return place
  }
  throw new Unreadable('no_workbook')
}

/** Name of a part -> where and how it is packed. */
function directory(view) {
  const end = endOfArchive(view)
  const count = view.getUint16(end + 10, true)
  if (count > MAX_ENTRIES) throw new Unreadable('no_workbook')
  const parts = new Map()
  let place = view.getUint32(end + 16, true)
  for (let entry = 0; entry < count; entry += 1) {
    if (view.getUint32(place, true) !== ENTRY) throw new Unreadable('no_workbook')
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(place + offset, true))
    const bytes = new Uint8Array(view.buffer, view.byteOffset + place + 46, name)
    parts.set(new TextDecoder().decode(bytes), {
      method: view.getUint16(place + 10, true),
      packed: view.getUint32(place + 20, true),
      unpacked: view.getUint32(place + 24, true),
      header: view.getUint32(place + 42, true)
    })
    place += 46 + name + extra + comment
  }
  return parts
}

async function inflate(bytes, limit) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  const chunks = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > limit) {
      await reader.cancel()
      throw new Unreadable('too_large')
    }
    chunks.push(value)
  }
  return new Blob(chunks).arrayBuffer()
}

function openArchive(buffer) {
  const view = new DataView(buffer)
  const parts = directory(view)
  let room = MAX_UNPACKED_BYTES
  return {
    has: (name) => parts.has(name),
    async read(name) {
      const part = parts.get(name)
      if (!part || ![STORED, DEFLATED].includes(part.method)) throw new Unreadable('no_workbook')
      if (part.unpacked > room) throw new Unreadable('too_large')
      const start = part.header + 30 + view.getUint16(part.header + 26, true) + view.getUint16(part.header + 28, true)
      const bytes = new Uint8Array(buffer, start, part.packed)
      const content = part.method === STORED ? bytes : await inflate(bytes, room)
      room -= content.byteLength
      const text = new TextDecoder().decode(content)
      if (text.includes('<!DOCTYPE') || text.includes('<!ENTITY')) throw new Unreadable('no_workbook')
      const xml = new DOMParser().parseFromString(text, 'application/xml')
      if (xml.querySelector('parsererror')) throw new Unreadable('no_workbook')
      return xml
    }
  }
}

const all = (node, name) => Array.from(node.getElementsByTagNameNS('*', name))
// Text with its parts in one, without the readings above Japanese signs.
const textOf = (node) =>
  all(node, 't')
    .filter((part) => part.parentNode.localName !== 'rPh')
    .map((part) => part.textContent)
    .join('')

function dateStyles(xml) {
  const isDate = (code) => /[dmyh]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\./g, ''))
  const own = new Map(
    all(xml, 'numFmt').map((format) => [Number(format.getAttribute('numFmtId')), format.getAttribute('formatCode') ?? ''])
  )
  const [used] = all(xml, 'cellXfs')
  return all(used ?? xml, 'xf').map((style) => {
    const id = Number(style.getAttribute('numFmtId'))
    return own.has(id) ? isDate(own.get(id)) : DATE_FORMATS.has(id)
  })
}

function columnOf(reference) {
  let column = 0
  for (const letter of reference.replace(/[0-9]/g, '')) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}

function valueOf(cell, strings, isDate) {
  const kind = cell.getAttribute('t') ?? 'n'
  if (kind === 'inlineStr') return textOf(cell).trim()
  const value = all(cell, 'v')[0]?.textContent ?? ''
  if (kind === 's') return (strings[Number(value)] ?? '').trim()
  if (kind !== 'n' || value === '') return kind === 'e' ? '' : value.trim()
  const number = Number(value)
  if (!Number.isFinite(number)) return value.trim()
  if (!isDate(Number(cell.getAttribute('s') ?? 0))) return String(number)
  const day = new Date(DAY_ZERO_MS + Math.trunc(number) * DAY_MS)
  return Number.isNaN(day.getTime()) ? value : day.toISOString().slice(0, 10)
}

function linesOf(xml, strings, isDate) {
  const lines = []
  all(xml, 'row').forEach((row, place) => {
    const cells = []
    for (const cell of all(row, 'c')) {
      const reference = cell.getAttribute('r')
      const column = reference ? columnOf(reference) : cells.length
      if (column > 16383) throw new Unreadable('no_workbook')
      while (cells.length < column) cells.push('')
      cells[column] = valueOf(cell, strings, isDate)
    }
    if (cells.some(Boolean)) lines.push({ number: Number(row.getAttribute('r')) || place + 1, cells })
  })
  return lines
}

const pathOf = (target) => (target.startsWith('/') ? target.slice(1) : `xl/${target}`)

/** Lines that are not empty, as ``parseText`` gives them; dates as 1950-02-01. */
export async function readWorkbook(buffer) {
  if (typeof DecompressionStream === 'undefined') throw new Unreadable('old_browser')
  try {
    const archive = openArchive(buffer)
    const relations = new Map(
      all(await archive.read('xl/_rels/workbook.xml.rels'), 'Relationship').map((relation) => [
        relation.getAttribute('Id'),
        pathOf(relation.getAttribute('Target') ?? '')
      ])
    )
    const strings = archive.has('xl/sharedStrings.xml')
      ? all(await archive.read('xl/sharedStrings.xml'), 'si').map(textOf)
      : []
    const styles = archive.has('xl/styles.xml') ? dateStyles(await archive.read('xl/styles.xml')) : []
    for (const sheet of all(await archive.read('xl/workbook.xml'), 'sheet')) {
      const id = Array.from(sheet.attributes).find((attribute) => attribute.localName === 'id' && attribute.prefix)
      const part = relations.get(id?.value)
      if (!part?.startsWith('xl/worksheets/')) continue
      const lines = linesOf(await archive.read(part), strings, (style) => styles[style] ?? false)
      if (lines.length) return lines
    }
    return []
  } catch (error) {
    if (error instanceof Unreadable) throw error
    throw new Unreadable('no_workbook') // offsets that lead nowhere, streams that break
  }
}
