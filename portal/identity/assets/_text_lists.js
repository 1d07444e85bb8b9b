// A list of people as text: pasted from a spreadsheet or CSV. The twin of the text half of tables.py.
const SEPARATORS = [';', '\t', ',', '|']

/** The file cannot be read; ``code`` names the sentence. */
export class Unreadable extends Error {
  constructor(code) {
    super(code)
    this.code = code
  }
}

export function decode(bytes) {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : ''
  for (const encoding of utf16 ? [utf16] : ['utf-8', 'windows-1250']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
      if (!text.includes('\0')) return text
    } catch {
      continue
    }
  }
  throw new Unreadable('no_text')
}

function separatorOf(text) {
  const first = text.split(/\r\n|\r|\n/).find((line) => line.trim()) ?? ''
  const count = (separator) => first.split(separator).length - 1
  return SEPARATORS.reduce((best, separator) => (count(separator) > count(best) ? separator : best))
}

/** Lines that are not empty: [{ number, cells }], numbered as people see them. */
export function parseText(text) {
  const separator = separatorOf(text)
  const lines = []
  let cells = []
  let cell = ''
  let number = 1
  let quoted = false
  let wasQuoted = false

  function endCell() {
    cells.push(cell.trim())
    cell = ''
    wasQuoted = false
  }

  function endLine() {
    endCell()
    if (cells.some(Boolean)) lines.push({ number, cells })
    cells = []
    number += 1
  }

  for (let place = 0; place < text.length; place += 1) {
    const mark = text[place]
    const isBreak = mark === '\n' || mark === '\r'
    if (isBreak && mark === '\r' && text[place + 1] === '\n') place += 1
    if (quoted) {
      if (isBreak) {
        cell += '\n'
        number += 1
      } else if (mark !== '"') cell += mark
      else if (text[place + 1] === '"') {
        cell += '"'
        place += 1
      } else quoted = false
    } else if (mark === separator) endCell()
    else if (isBreak) endLine()
    else if (mark === '"' && cell === '' && !wasQuoted) quoted = wasQuoted = true
    else if (wasQuoted) throw new Unreadable('quotes')
    else cell += mark
  }
  if (quoted) throw new Unreadable('quotes')
  endLine()
  return lines
}

const FORMULA = /^[=+\-@\t\r]/
const written = (cell) => (/[;"\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** CSV with semicolons, as ``portal code`` writes it; a cell that would be a formula begins with an apostrophe. */
export const writeText = (rows) =>
  rows.map((row) => row.map((cell) => written(FORMULA.test(cell) ? `'${cell}` : cell)).join(';')).join('\n') + '\n'
