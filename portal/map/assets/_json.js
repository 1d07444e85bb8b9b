/** What stands under an address of the portal, read as JSON; an answer that is none throws. */
export async function json(address, options) {
  const response = await fetch(address, options)
  if (!response.ok) throw new Error(`${address}: ${response.status}`)
  return response.json()
}
