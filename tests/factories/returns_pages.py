"""Pages of the returns as their tests read and fill them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

from flask.testing import FlaskClient

from portal.returns.types import Period

Q2 = Period(2026, 2)  # on time until 25 July, closed from 9 August
IN_TIME = datetime(2026, 7, 10, 8, 0, tzinfo=UTC)

# All that a residential service is asked for, in the boxes of the page; 9.5 FTE of direct care.
GOOD = {
    "all-users_at_end": "38",
    "all-users_in_quarter": "45",
    "all-users_new": "6",
    "all-users_left": "7",
    "residential-direct_hours": "4 000,5",
    "residential-fte_social_workers": "1,5",
    "residential-fte_service_workers": "6,75",
    "residential-fte_other_direct": "1,25",
    "all-fte_management": "4",
    "residential-beds": "40",
    "residential-bed_days_used": "3 500",
    "all-refused_other_service": "1",
    "all-refused_capacity": "3",
    "all-refused_health": "0",
    "all-refused_terminated": "0",
    "all-costs_personnel": "2 400 000",
    "all-costs_material": "390 000,5",
    "all-costs_energy": "150 000",
    "all-costs_services": "280 000",
    "all-costs_depreciation": "0",
    "all-costs_other": "40 000",
    "all-revenue_state_grant": "900 000",
    "all-revenue_kraj": "60 000",
    "all-revenue_municipalities": "160 000",
    "all-revenue_users": "1 200 000",
    "all-revenue_care_allowance": "850 000",
    "all-revenue_health_insurance": "90 000",
    "all-revenue_other": "0",
}


@dataclass
class Person:
    client: FlaskClient
    address: str

    def get(self, tail=""):
        return self.client.get(self.address + tail)

    def post(self, tail="", **values):
        """Send a form as the page would: with the version that it was drawn with, unless one is given.

        Before a return is submitted, its territory part is marked as not applicable, unless it says something already.
        """
        if tail == "/odeslani":
            self.client.post(f"{self.address}/bydliste", data={"version": "0", "state": "not_applicable"})
        values.setdefault("version", str(version_on(self.get("/kontrola" if tail in KRAJ else ""))))
        return self.client.post(self.address + tail, data=values)


KRAJ = ("/prijeti", "/vraceni", "/uzamceni", "/znovuotevreni")


def version_on(page):
    found = re.search(r'name="version" value="(\d+)"', page.text)
    return int(found[1]) if found else 0


def words(page):
    """The page as it is read: without tags, with plain spaces."""
    text = re.sub(r"<[^>]+>", " ", page.text)
    return re.sub(r"\s+", " ", unescape(text))


def box(page, name):
    """What stands in a box of the form, and whether it is marked as not applicable."""
    found = re.search(rf'<input[^>]* id="{name}"[^>]*>', page.text)[0]
    value = re.search(r' value="([^"]*)"', found)
    ticked = " checked" in re.search(rf'<input[^>]* id="{name}-na"[^>]*>', page.text)[0]
    return unescape(value[1]).replace("\u00a0", " ") if value else "", ticked
