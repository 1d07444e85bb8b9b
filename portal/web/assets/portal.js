// What every page may use once scripts run; each page works without it.
import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink
} from 'govuk-frontend'

document.documentElement.classList.add('js')
document.body.classList.add('js-enabled', 'govuk-frontend-supported')

const czech = document.documentElement.lang === 'cs'

for (const component of [Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink]) {
  createAll(component)
}
createAll(
  PasswordInput,
  czech
    ? {
        i18n: {
          showPassword: 'Zobrazit',
          hidePassword: 'Skrýt',
          showPasswordAriaLabel: 'Zobrazit heslo',
          hidePasswordAriaLabel: 'Skrýt heslo',
          passwordShownAnnouncement: 'Heslo je vidět',
          passwordHiddenAnnouncement: 'Heslo je skryté'
        }
      }
    : {}
)
createAll(
  CharacterCount,
  czech
    ? {
        i18n: {
          charactersUnderLimit: {
            one: 'Zbývá %{count} znak',
            few: 'Zbývají %{count} znaky',
            many: 'Zbývá %{count} znaku',
            other: 'Zbývá %{count} znaků'
          },
          charactersAtLimit: 'Nezbývá žádný znak',
          charactersOverLimit: {
            one: 'Máte o %{count} znak více',
            few: 'Máte o %{count} znaky více',
            many: 'Máte o %{count} znaku více',
            other: 'Máte o %{count} znaků více'
          }
        }
      }
    : {}
)

// An open group of the menu that lies over the page shuts when the reader goes on: by Escape, by leaving it, by
// pressing elsewhere. On a phone it lies in the menu, where shutting it would move what the finger is about to press.
for (const group of document.querySelectorAll('.portal-menu__group')) {
  const liesOver = () => getComputedStyle(group.querySelector('.portal-menu__list')).position === 'absolute'
  group.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !group.open) return
    group.open = false
    group.querySelector('summary').focus()
  })
  group.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !group.contains(event.relatedTarget) && liesOver()) group.open = false
  })
  document.addEventListener('pointerdown', (event) => {
    if (group.open && !group.contains(event.target) && liesOver()) group.open = false
  })
}

// A filter form marked so sends itself when a choice changes; its button stays for everybody else.
for (const form of document.querySelectorAll('form[data-submit-on-change]')) {
  form.addEventListener('change', () => form.requestSubmit())
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}
