"""Pages of the returns as their tests read and fill them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

from flask.testing import FlaskClient

from portal.returns.types import Period

Q2 = Period(2026, 2)  # on time until 25 July, closed from 9 August
IN_TIME = datetime(2026, 7, 10, 8, 0, tzinfo=UTC)

GOOD = {
    "residential-direct_hours": "4 000,5",
    "residential-direct_care_fte": "9,5",
    "residential-beds": "40",
    "residential-bed_days_used": "3 500",
    "all-users_at_end": "38",
    "all-users_in_quarter": "45",
    "all-refused_applicants": "0",
}


@dataclass
class Person:
    client: FlaskClient
    address: str

    def get(self, tail=""):
        return self.client.get(self.address + tail)

    def post(self, tail="", **values):
        """Send a form as the page would: with the version that it was drawn with, unless one is given."""
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
