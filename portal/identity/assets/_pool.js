// Several workers that turn linkage inputs into digests, batch by batch, with the vault asked in between.
const PEOPLE_IN_BATCH = 20
const MAX_WORKERS = 8

export class WrongAnswer extends Error {}

function startWorker(address) {
  const worker = new Worker(address)
  const waiting = new Map()
  let last = 0
  worker.onmessage = ({ data: { id, result, error } }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) resolve(result)
    else reject(new WrongAnswer(error))
  }
  worker.onerror = (event) => {
    event.preventDefault()
    for (const { reject } of waiting.values()) reject(new Error('the worker did not start'))
    waiting.clear()
  }
  const ask = (task) =>
    new Promise((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve, reject })
      worker.postMessage({ id: last, ...task })
    })
  return { ask, stop: () => worker.terminate() }
}

/**
 * Digests of people, each a list of linkage inputs, in their order. ``evaluate(points, signal)`` asks the vault;
 * ``report(done)`` gets the number of people finished. Rejects with what failed first, or when the signal says stop.
 */
export async function digestsOf(people, { address, evaluate, signal, report = () => {} }) {
  const found = new Array(people.length)
  const size = Math.min(people.length, PEOPLE_IN_BATCH)
  const batches = Math.ceil(people.length / (size || 1))
  // One more than there are processors: while one waits for the vault, another computes.
  const count = Math.min(batches, MAX_WORKERS, (navigator.hardwareConcurrency || 2) + 1)
  const workers = Array.from({ length: count }, () => startWorker(address))
  const stopped = new AbortController()
  const stop = () => stopped.abort()
  signal?.addEventListener('abort', stop)
  let next = 0
  let done = 0

  async function work({ ask }) {
    while (next < batches) {
      const batch = next++
      const start = batch * size
      const part = people.slice(start, start + size)
      const points = await ask({ task: 'hide', batch, people: part })
      stopped.signal.throwIfAborted()
      const answers = points.length ? await evaluate(points, stopped.signal) : []
      const digests = await ask({ task: 'show', batch, points: answers })
      stopped.signal.throwIfAborted()
      digests.forEach((one, place) => {
        found[start + place] = one
      })
      done += part.length
      report(done)
    }
  }

  try {
    signal?.throwIfAborted()
    await Promise.race([
      Promise.all(workers.map(work)),
      new Promise((_, reject) => {
        stopped.signal.addEventListener('abort', () => reject(stopped.signal.reason))
      })
    ])
  } finally {
    stop()
    signal?.removeEventListener('abort', stop)
    for (const worker of workers) worker.stop()
  }
  return found
}
