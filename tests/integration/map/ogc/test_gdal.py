"""GDAL's own client of OGC API Features (the one that QGIS brings) opens the layers of a running portal."""

import json
import subprocess
import sys

import pytest

from portal.core.transaction import transaction
from portal.returns.types import Period
from tests.factories.catalog import make_service
from tests.factories.releases import closed_quarter, make_told_needs, published
from tests.factories.serving import serving
from tests.factories.territory import store_small_territory

QUARTER = Period(2026, 2)

# In a process of its own: GDAL waits for the server without letting other threads of its process run.
CLIENT = """
import json, sys
import pyogrio
source = "OAPIF:" + sys.argv[1] + "/ogc"
layers = sorted(name for name, _ in pyogrio.list_layers(source))
frame = pyogrio.read_dataframe(source, layer="sluzby", PAGE_SIZE="7")
box = pyogrio.read_dataframe(source, layer="sluzby", bbox=(17.0, 49.0, 18.0, 50.0))
areas = pyogrio.read_dataframe(source, layer="kapacita-obce").set_index("code")
needs = pyogrio.read_dataframe(source, layer="potreby-orp").set_index("code")
print(json.dumps({
    "needs": {code: [row["value"], row["state"], row["value_37"], row["state_housing"]]
              for code, row in needs.astype(object).where(needs.notna(), None).iterrows()},
    "layers": layers,
    "places": sorted(frame["name"]),
    "first": list(frame.geometry.iloc[0].coords[0]),
    "crs": [frame.crs.to_string(), areas.crs.to_string()],
    "in_box": len(box),
    "values": areas["value"].to_dict(),
    "valid": bool(areas.geometry.is_valid.all()),
    "bounds": list(areas.total_bounds),
}))
"""


def fill(app):
    store_small_territory()
    with transaction():
        for number in range(20):
            place = {"municipality_code": "500496", "orp_code": "7107", "lon": 17.25, "lat": 49.59}
            make_service(name=f"Domov {number:02}", forms={"residential": {"beds": 10}}, facilities=[place])
        make_service(name="Domov na severu", forms={"residential": {"beds": 10}}, facilities=[{}])
        make_told_needs(QUARTER)
    closed_quarter(QUARTER)
    published(QUARTER)


def test_gdal_reads_places_and_areas(tmp_path):
    with serving(tmp_path, fill) as (address, _):
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, address], capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"sluzby", "kapacita-orp", "kapacita-obce", "dostupnost-obce"} <= set(found["layers"])
    assert found["needs"] == {
        "7107": [25, "value", 25, "hidden"],
        "7111": [None, "not_supplied", None, "not_supplied"],
    }
    assert found["places"] == sorted([f"Domov {number:02}" for number in range(20)] + ["Domov na severu"])
    assert found["in_box"] == 20
    assert found["first"] == [17.25, 49.59]
    assert set(found["crs"]) <= {"OGC:CRS84", "EPSG:4326"}
    assert found["values"]["500496"] == pytest.approx(1000 * 200 / 5000)
    assert found["values"]["500801"] == 0
    west, south, east, north = found["bounds"]
    assert (16 < west < east < 18, 49 < south < north < 51, found["valid"]) == (True, True, True)
