"""Every macro renders under the strict undefined class, with and without what is optional."""

from decimal import Decimal

import pytest
from flask import Flask, render_template_string

from portal.core.cells import HIDDEN, NOT_APPLICABLE, NOT_SUPPLIED, Cell

ERRORS = {"x": ["První věta.", "Druhá <b>věta</b>."], None: ["Celý formulář."]}
CHOICES = [("a", "Áčko"), ("b", "Béčko", "nápověda")]

CALLS = [
    "ui.error_summary(errors)",
    "ui.error_summary({})",
    "ui.csrf()",
    'ui.text_field("x", "Název")',
    'ui.text_field("x", "Název", "hodnota", hint="h", errors=errors, autocomplete="email", width=10)',
    'ui.text_field("x", "Název", prefix="p", suffix="s", described_by="y", id="z")',
    'ui.number_field("x", "Lůžka")',
    'ui.number_field("x", "Lůžka", "5 821,5", unit="lůžek", hint="h", errors=errors)',
    'ui.password_field("x", "Heslo")',
    'ui.password_field("x", "Heslo", errors=errors)',
    'ui.textarea("x", "Důvod")',
    'ui.textarea("x", "Důvod", "text", hint="h", errors=errors)',
    'ui.select_field("x", "Obec", choices)',
    'ui.select_field("x", "Obec", choices, "b", empty="všude", hint="h", errors=errors)',
    'ui.radios("x", "Stav", choices)',
    'ui.radios("x", "Stav", choices, "a", inline=true, small=true, hint="h", errors=errors)',
    'ui.checkboxes("x", "Forma", choices)',
    'ui.checkboxes("x", "Forma", choices, ["b"], small=true, hint="h", errors=errors)',
    'ui.checkbox("x", "Souhlasím")',
    'ui.checkbox("x", "Souhlasím", checked=true, hint="h", errors=errors)',
    'ui.file_field("x", "Soubor")',
    'ui.file_field("x", "Soubor", hint="h", errors=errors, accept=".json")',
    'ui.submit("Uložit")',
    'ui.submit("Uložit", kind="secondary", name="do", value="save")',
    'ui.link_button("Nový", "/x")',
    'ui.search_box("/katalog", "q", "Hledat")',
    'ui.tag("Koncept")',
    'ui.tag("Koncept", "yellow")',
    'ui.th("Název")',
    'ui.th("Název", number=true, sort="ascending", href="/x")',
    'ui.row_th("Název")',
    'ui.td("text")',
    "ui.td_number(1234.5)",
    "ui.td_number(1234.5, 1)",
    'ui.summary_list([("Klíč", "hodnota"), ("Klíč", "hodnota", [("Změnit", "/x", "klíč"), ("Smazat", "/y")])])',
    'ui.breadcrumbs([("Katalog", "/katalog"), ("Služba", none)])',
    'ui.back_link("/x")',
    'ui.notice("Hotovo", kind="success")',
    'ui.notice("Pozor")',
    'ui.inset("text")',
    'ui.warning("text")',
    "ui.pagination(1, 1, address)",
    "ui.pagination(7, 20, address)",
    'ui.actions([("Stáhnout", "/x")])',
]


def rendered(app: Flask, source: str, **values: object) -> str:
    with app.test_request_context("/"):
        return render_template_string('{% import "web/macros.html" as ui %}' + source, **values)


@pytest.mark.parametrize("call", CALLS)
def test_a_macro_renders_with_and_without_what_is_optional(app: Flask, call: str) -> None:
    html = rendered(app, "{{ " + call + " }}", errors=ERRORS, choices=CHOICES, address=lambda n: f"/katalog?strana={n}")
    assert "<b>" not in html  # what people typed never becomes markup
    assert "None" not in html


def test_an_error_is_said_at_its_field_and_leads_there_from_the_summary(app: Flask) -> None:
    html = rendered(
        app, '{{ ui.error_summary(errors) }}{{ ui.text_field("x", "Název", errors=errors) }}', errors=ERRORS
    )
    assert 'href="#x"' in html
    assert 'id="x"' in html
    assert 'aria-describedby="x-error"' in html
    assert html.count("První věta.") == 2


def test_every_state_of_a_cell_is_written_in_words(app: Flask) -> None:
    cells = [Cell.of(Decimal("0")), Cell.of(Decimal("1234.5")), NOT_APPLICABLE, NOT_SUPPLIED, HIDDEN]
    html = rendered(app, "{% for c in cells %}{{ ui.td_cell(c) }}{% endfor %}", cells=cells)
    texts = [part.split("<")[0] for part in html.split(">") if part.strip() and not part.startswith("<")]
    assert [text for text in texts if text] == ["0", "1\xa0234,5", "netýká se", "neuvedeno", "skryto"]


def test_a_table_can_be_reached_and_is_named_by_its_caption(app: Flask) -> None:
    html = rendered(app, '{% call ui.data_table("Služby", id="s") %}<tbody></tbody>{% endcall %}')
    assert 'role="region" aria-labelledby="s-caption" tabindex="0"' in html
    assert 'id="s-caption"><span class="portal-table__caption">Služby</span></caption>' in html


def test_the_pages_around_the_present_one_are_offered(app: Flask) -> None:
    html = rendered(app, "{{ ui.pagination(7, 20, address) }}", address=lambda n: f"?strana={n}")
    numbers = [part.split("<")[0] for part in html.split('">') if part.split("<")[0].strip().isdigit()]
    assert numbers == ["1", "6", "7", "8", "20"]


def test_a_misspelt_name_in_a_template_fails(app: Flask) -> None:
    with pytest.raises(Exception, match="is undefined"):
        rendered(app, "{{ nazev_ktery_neni }}")
