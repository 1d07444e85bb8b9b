// A file that a person chose, as lines of cells. It is read here and goes nowhere.
import { decode, parseText, Unreadable } from './_text_lists.js'
import { readWorkbook } from './_workbooks.js'

const MAX_BYTES = 64 * 1024 * 1024
const OLE = [0xd0, 0xcf, 0x11, 0xe0]
const startsWith = (bytes, marks) => marks.every((mark, place) => bytes[place] === mark)

export async function readFile(file) {
  if (file.size > MAX_BYTES) throw new Unreadable('too_large')
  const buffer = await file.arrayBuffer()
  const bytes = new Uint8Array(buffer)
  if (startsWith(bytes, OLE)) throw new Unreadable('old_workbook')
  return startsWith(bytes, [0x50, 0x4b]) ? readWorkbook(buffer) : parseText(decode(bytes))
}
