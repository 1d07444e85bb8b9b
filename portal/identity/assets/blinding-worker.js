// Blinds and unblinds beside the page, which stays free to show how far it is. Scalars never leave this thread.
import { oprfInput } from './_kinds.js'
import { blind, digest, fromHex, toHex } from './_oprf.js'

const hidden = new Map() // number of a batch -> what waits for the vault's answer

function hide(people) {
  const parts = []
  people.forEach((inputs, person) => {
    inputs.forEach((text, kind) => {
      if (text === null) return
      const input = oprfInput(kind, text)
      parts.push({ person, kind, input, ...blind(input) })
    })
  })
  return { parts, lengths: people.map((inputs) => inputs.length) }
}

function show({ parts, lengths }, answers) {
  if (!Array.isArray(answers) || answers.length !== parts.length) throw new Error('a wrong number of points')
  const people = lengths.map((length) => new Array(length).fill(null))
  parts.forEach(({ person, kind, input, blind: scalar }, place) => {
    people[person][kind] = toHex(digest(input, scalar, fromHex(answers[place])))
  })
  return people
}

const tasks = {
  hide({ batch, people }) {
    hidden.set(batch, hide(people))
    return hidden.get(batch).parts.map((part) => toHex(part.blinded))
  },
  show({ batch, points }) {
    const waiting = hidden.get(batch)
    hidden.delete(batch)
    return show(waiting, points)
  }
}

self.onmessage = ({ data }) => {
  try {
    self.postMessage({ id: data.id, result: tasks[data.task](data) })
  } catch (error) {
    self.postMessage({ id: data.id, error: error.message })
  }
}
