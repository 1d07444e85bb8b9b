// Follows a job without reloading the page; without scripts the page reloads itself.
const EVERY_MS = 1000
const PATIENCE = 5 // answers in a row that may fail before we stop asking

const place = document.getElementById('job')
const bar = document.getElementById('progress')
const status = document.getElementById('job-status')
const percent = document.getElementById('percent')

let failures = 0

async function ask() {
  try {
    const answer = await fetch(place.dataset.address, { headers: { Accept: 'application/json' }, cache: 'no-store' })
    if (!answer.ok) throw new Error(String(answer.status))
    const job = await answer.json()
    failures = 0
    if (job.next) {
      window.location.replace(job.next)
      return
    }
    if (job.state === 'running' && status.textContent !== status.dataset.running) {
      status.textContent = status.dataset.running
    }
    if (job.percent !== null) {
      bar.value = job.percent
      percent.textContent = `${job.percent} %`
    }
  } catch {
    failures += 1
    if (failures >= PATIENCE) return
  }
  window.setTimeout(ask, EVERY_MS)
}

if (place) window.setTimeout(ask, EVERY_MS)
