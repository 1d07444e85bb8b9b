"""Code lists as the ministry publishes them beside the register.

Only some numbers of the real lists are known for certain (the forms, the units of capacity and a few types and
groups); the others here are our own, which is why an import reads them from the files and matches types by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from portal.catalog.types import service_types
from portal.demo.register.places import RegisterPlace

# Types by number; the 34th of the list is none of the 33 types of the Act known to the portal.
UNKNOWN_TYPE_NUMBER = 2
UNKNOWN_TYPE_NAME = "služba neznámého druhu"
_NUMBERS_IN_ORDER = (1, *range(3, 24), 34, *range(24, 34))
TYPE_NUMBERS = dict(zip(service_types(), _NUMBERS_IN_ORDER, strict=True))

TARGET_GROUPS = {
    1: "děti a mládež ve věku od 6 do 26 let ohrožené společensky nežádoucími jevy",
    3: "oběti domácího násilí",
    5: "osoby bez přístřeší",
    7: "osoby s chronickým duševním onemocněním",
    9: "osoby s jiným zdravotním postižením",
    11: "osoby s mentálním postižením",
    13: "osoby s tělesným postižením",
    15: "osoby v krizi",
    18: "osoby ohrožené závislostí nebo závislé na návykových látkách",
    21: "rodiny s dítětem/dětmi",
    24: "senioři",
    26: "pečující osoby",
    27: "osoby s potřebou paliativní péče",
    30: "osoby žijící s demencí",
}
AGE_GROUPS = {
    1: "děti předškolního věku (do 6 let)",
    2: "mladší děti (7–10 let)",
    3: "starší děti (11–15 let)",
    4: "dorost (16–18 let)",
    5: "mladí dospělí (19–26 let)",
    6: "dospělí (27–64 let)",
    7: "mladší senioři (65–80 let)",
    8: "starší senioři (nad 80 let)",
}
FORMS = {"ter": "terénní", "amb": "ambulantní", "pob": "pobytová"}
UNITS = {
    "luzka": "počet lůžek",
    "klient": "počet klientů",
    "kontakt": "počet kontaktů (10 min.)",
    "interv": "počet intervencí (30 min. jednání)",
    "hovor": "počet hovorů",
}


def write_code_lists(folder: Path, places: Iterable[RegisterPlace]) -> None:
    """Write the code list files an import reads into the folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    known = list(places)
    types = {TYPE_NUMBERS[section]: kind.name_cs.lower() for section, kind in service_types().items()}
    types[UNKNOWN_TYPE_NUMBER] = UNKNOWN_TYPE_NAME
    lists: dict[str, list[dict[str, Any]]] = {
        "druhy-socialni-sluzby": _entries("DruhSocialniSluzby", dict(sorted(types.items()))),
        "cilove-skupiny-osoby": _entries("CilovaSkupinaOsoby", TARGET_GROUPS),
        "vekove-skupiny-osoby": _entries("VekovaSkupinaOsoby", AGE_GROUPS),
        "formy-soc-sluzby": _entries("FormaSocialniSluzby", FORMS),
        "typy-kapacity-socialni-sluzby": _entries("TypKapacitySocialniSluzby", UNITS),
        "obce": [
            {"id": f"Obec/{place.code}", "kod": place.code, "nazev": {"cs": place.name}, "okres": place.district}
            for place in known
        ],
        "kraje": [
            {"id": region, "kod": region.split("/")[1], "nazev": {"cs": name}, "kodNuts3": nuts}
            for region, name, nuts in sorted({(p.region, p.region_name, p.region_nuts) for p in known})
        ],
    }
    for name, entries in lists.items():
        text = json.dumps({"polozky": entries}, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def _entries(kind: str, names: dict[Any, str]) -> list[dict[str, Any]]:
    return [{"id": f"{kind}/{code}", "kod": str(code), "nazev": {"cs": name}} for code, name in names.items()]
