// Codes of people made in the browser: names, dates and birth numbers never leave it.
import { startMany } from './_many.js'
import { startOne } from './_one.js'

for (const place of document.querySelectorAll('[data-identity="one"]')) startOne(place)
for (const place of document.querySelectorAll('[data-identity="many"]')) startMany(place)
