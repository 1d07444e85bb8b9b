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

// A filter form marked so sends itself when a choice changes; its button stays for everybody else.
for (const form of document.querySelectorAll('form[data-submit-on-change]')) {
  form.addEventListener('change', () => form.requestSubmit())
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}
