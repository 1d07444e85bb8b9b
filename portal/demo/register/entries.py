"""One entry of the register at a time: plain ones, and those with a trap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from portal.catalog.types import Form, service_types
from portal.demo.register import names
from portal.demo.register.codelists import TARGET_GROUPS, TYPE_NUMBERS, UNKNOWN_TYPE_NUMBER
from portal.demo.register.places import RegisterPlace

Entry = dict[str, Any]

# Age groups a type is for, where it is not all adults.
_AGES_OF_TYPE = {
    "40": (6, 7, 8), "46": (6, 7, 8), "49": (7, 8), "50": (7, 8), "54": (1, 2), "58": (4, 5), "62": (2, 3, 4, 5),
    "65": (1, 2, 3, 4), "66": (7, 8),
}  # fmt: skip

# Share of facilities without the code of an address place, as counted in the register.
WITHOUT_ADDRESS_PLACE = 0.0358
FACILITIES_PER_SERVICE = 2.7  # 18 907 facilities of 6 733 services

# How often a type occurs among the services of a region; the rest once each.
_TYPE_WEIGHTS = {
    "37": 9, "39": 5, "40": 11, "44": 5, "46": 4, "48": 3, "49": 8, "50": 6, "51": 4, "57": 4, "62": 4, "65": 5,
    "66": 4, "67": 3, "69": 4, "70": 5,
}  # fmt: skip
_GROUPS_OF_TYPE = {
    "49": (24,), "50": (30, 7), "40": (24, 13), "39": (13, 24), "44": (24, 13, 27), "65": (21,), "62": (1,),
    "57": (5, 21), "63": (5,), "59": (18,), "60a": (3,), "66": (24, 9), "48": (11,), "51": (11, 7), "69": (5, 18),
}  # fmt: skip


def make_provider(random: Random, number: int, place: RegisterPlace) -> Entry:
    """A provider that cannot exist: its IČO, though valid, is of a range that is not given out."""
    name = (
        f"{random.choice(names.ADJECTIVES)} {random.choice(names.CREATURES)} {number}, "
        f"{random.choice(names.LEGAL_FORMS)}"
    )
    ico = make_ico(9_900_000 + number)
    return {
        "ico": ico,
        "dic": None,
        "nazev": name,
        "adresa": make_address(random, place),
        "weby": [{"web": f"https://poskytovatel{number}.example", "poznamka": None}],
        "emaily": [{"email": f"info@poskytovatel{number}.example", "poznamka": None}],
        "telefony": [{"telefon": make_phone(random), "poznamka": None}],
        "statutarniOrgany": [{"clen": make_person(random)}],
    }


def make_ico(number: int) -> str:
    """Seven digits and the check digit: weights 8 to 2, modulo 11."""
    digits = f"{number:07d}"
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True))
    return digits + str((11 - weighted % 11) % 10)


def make_person(random: Random) -> Entry:
    return {
        "jmeno": random.choice(names.GIVEN_NAMES),
        "prijmeni": random.choice(names.SURNAMES),
        "titulPred": random.choice((None, *names.TITLES)),
        "titulZa": None,
    }


def make_phone(random: Random) -> str:
    """Nine digits beginning with 0, which no Czech number does."""
    return f"0{random.randrange(10**8):08d}"


def make_address(random: Random, place: RegisterPlace) -> Entry:
    has_code = random.random() >= WITHOUT_ADDRESS_PLACE
    return {
        "cisloDomovni": random.randrange(1, 2500),
        "cisloOrientacni": random.choice((None, str(random.randrange(1, 90)), f"{random.randrange(1, 90)}a")),
        "dodatekAdresy": None,
        "kodAdresnihoMista": random.randrange(90_000_000, 99_000_000) if has_code else None,
        "psc": place.postcode,
        "typCislaDomovniho": {"id": "TypStavebnihoObjektu/1"},
        "kraj": {"id": place.region},
        "okres": {"id": place.district},
        "obec": {"id": f"Obec/{place.code}"},
        "castObce": None,
        "mestskyObvodMestskaCast": None,
        "mestskyObvodVPraze": None,
        "ulice": {"nazev": random.choice(names.STREETS)},
    }


def make_facility(random: Random, place: RegisterPlace, house: str, since: str | None = None) -> Entry:
    return {
        "nazev": house,
        "poskytujeOd": since,
        "poskytujeDo": None,
        "utajenaAdresa": False,
        "adresa": make_address(random, place),
        "vedouci": make_person(random) if random.random() < 0.3 else None,
    }


def _neighbours(random: Random, ages: Sequence[int]) -> Sequence[int]:
    """A run of age groups side by side, sometimes none."""
    first = random.randrange(len(ages) + 1)
    return ages[first : first + random.randrange(1, len(ages) + 1)]


def make_entry(
    random: Random,
    number: int,
    provider: Entry,
    home: RegisterPlace,
    pick: Callable[[RegisterPlace], RegisterPlace],
    section: str | None = None,
) -> Entry:
    """A plain entry; ``number`` makes it unique, ``pick`` draws a place for further facilities, near the given one.

    Without ``section`` (of the Act) a type is drawn, common ones more often.
    """
    if section is None:
        sections = list(service_types())
        section = random.choices(sections, [_TYPE_WEIGHTS.get(section, 1) for section in sections])[0]
    started = date(2007, 1, 1) + timedelta(days=random.randrange(6800))
    house = f"{names.HOUSE_WORDS.get(section, 'Dům')} {random.choice(names.HOUSES)}"
    several = 1 + min(int(random.expovariate(1 / (FACILITIES_PER_SERVICE - 0.5))), 12)
    facilities = [make_facility(random, home, house, started.isoformat())]
    # People live in one place; who comes to them, or to whom they come, works around.
    stays = service_types()[section].forms == (Form.RESIDENTIAL,)
    facilities += [make_facility(random, home if stays else pick(home), house) for _ in range(several - 1)]
    return {
        "portalId": 200_000 + number,
        "id": None,
        "identifikator": f"{3_000_000 + number}",
        "datumPoskytovaniOd": started.isoformat(),
        "datumPoskytovaniDo": None,
        "kontaktniAdresy": [{"adresa": make_address(random, home)}],
        "druhSocialniSluzby": {"id": f"DruhSocialniSluzby/{TYPE_NUMBERS[section]}"},
        "zarizeni": facilities,
        "poskytovatel": provider,
        "weby": [{"web": f"https://poskytovatel{number % 97}.example/sluzba-{number}", "poznamka": None}],
        "emaily": [{"email": f"sluzba{number}@poskytovatel.example", "poznamka": None}],
        "telefony": [
            {"telefon": make_phone(random), "poznamka": random.choice((None, None, "ústředna", "sociální pracovnice"))}
        ],
        "faxy": [],
        "ciloveSkupiny": [
            {"cilovaSkupina": {"id": f"CilovaSkupinaOsoby/{code}"}} for code in _target_groups(random, section)
        ],
        "vekoveSkupiny": [
            {"vekovaSkupina": {"id": f"VekovaSkupinaOsoby/{code}"}}
            for code in _neighbours(random, _AGES_OF_TYPE.get(section, (5, 6, 7)))
        ],
        "doplnujiciInformaceVekoveSkupiny": random.choice(names.AGE_NOTES.get(section, (None,))),
        "formy": _forms(random, section),
        "rozsirenePusobnostiVKraji": [],
        "doplnkoveUdaje": {
            "realizacePoskytovani": [{"priloha": {"url": f"https://poskytovatel.example/realizace-{number}.pdf"}}],
            "planyFinancnihoZajisteni": [],
            "personalniZajisteni": [{"priloha": {"url": f"https://poskytovatel.example/personal-{number}.pdf"}}],
        },
    }


def _target_groups(random: Random, section: str) -> list[int]:
    own = _GROUPS_OF_TYPE.get(section)
    return list(own) if own else sorted(random.sample(sorted(TARGET_GROUPS), random.randrange(1, 4)))


def _forms(random: Random, section: str) -> list[Entry]:
    allowed = service_types()[section].forms
    if section == "37":
        allowed = (Form.OUTREACH, Form.OUTPATIENT)
    chosen = sorted(random.sample(allowed, random.randrange(1, len(allowed) + 1)))
    return [
        {
            "forma": {"id": f"FormaSocialniSluzby/{form.register_code}"},
            "nepretrzitePoskytovani": form is Form.RESIDENTIAL,
            "casoveRozsahy": None if form is Form.RESIDENTIAL else random.choice((None, *names.HOURS)),
            "kapacity": [_capacity(random, section, form)],
        }
        for form in chosen
    ]


def _capacity(random: Random, section: str, form: Form) -> Entry:
    unit = {"37": "interv", "55": "hovor", "59": "kontakt", "63": "luzka", "69": "kontakt"}.get(section, "klient")
    if form is Form.RESIDENTIAL:
        unit = "luzka"
    return {
        "pocet": random.randrange(5, 120) if unit == "luzka" else random.randrange(1, 40),
        "popis": random.choice(names.CAPACITY_NOTES),
        "typ": {"id": f"TypKapacitySocialniSluzby/{unit}"},
    }


# --- traps: what the real register holds, or a hostile file could ---


def _secret(random: Random, entry: Entry) -> None:
    facility = entry["zarizeni"][0]
    facility.update(utajenaAdresa=True, adresa=None)


def _secret_with_address(random: Random, entry: Entry) -> None:
    street = names.SECRET_STREETS[entry["portalId"] % len(names.SECRET_STREETS)]
    facility = entry["zarizeni"][0]
    facility.update(utajenaAdresa=True, nazev=f"Azyl {street} 5")
    facility["adresa"]["ulice"] = {"nazev": street}
    entry["telefony"].append({"telefon": make_phone(random), "poznamka": f"zvonek v ulici {street}"})


def _nulls(random: Random, entry: Entry) -> None:
    for key in ("weby", "emaily", "telefony", "faxy", "ciloveSkupiny", "vekoveSkupiny", "rozsirenePusobnostiVKraji"):
        entry[key] = None
    entry.update(identifikator=None, doplnkoveUdaje=None, kontaktniAdresy=None)
    entry["zarizeni"][0].update(nazev=None)
    entry["poskytovatel"] = {**entry["poskytovatel"], "weby": None, "emaily": None, "telefony": None, "adresa": None}


def _empty_lists(random: Random, entry: Entry) -> None:
    for key in ("weby", "emaily", "telefony", "ciloveSkupiny", "vekoveSkupiny"):
        entry[key] = []
    entry["formy"][0]["kapacity"] = []


def _missing_keys(random: Random, entry: Entry) -> None:
    for key in ("id", "faxy", "vekoveSkupiny", "doplnkoveUdaje", "doplnujiciInformaceVekoveSkupiny", "kontaktniAdresy"):
        del entry[key]
    for key in ("dodatekAdresy", "castObce", "mestskyObvodMestskaCast", "ulice"):
        del entry["zarizeni"][0]["adresa"][key]


def _other_spelling(random: Random, entry: Entry) -> None:
    entry["weby"] = [{"www": "www.jiny-zapis.example", "poznamka": None}]
    entry["telefony"] = [{"telefonniCislo": make_phone(random), "poznamka": None}]


def _messy_contacts(random: Random, entry: Entry) -> None:
    one, two = make_phone(random), make_phone(random)
    entry["telefony"] = [
        {"telefon": f"+420 {one[:3]} {one[3:6]} {one[6:]}, {two}", "poznamka": None},
        {"telefon": f"00420{one}", "poznamka": None},
        {"telefon": "linka 12", "poznamka": None},
    ]
    entry["emaily"] = [
        {"email": "mailto:Kancelar@Messy.EXAMPLE; druha@messy.example", "poznamka": None},
        {"email": "neni adresa", "poznamka": None},
    ]
    entry["weby"] = [
        {"web": "javascript:alert(1)", "poznamka": None},
        {"web": "www.messy.example/cesta", "poznamka": None},
        {"web": "HTTPS://Messy.example", "poznamka": None},
    ]


def _ended_by_service(random: Random, entry: Entry) -> None:
    entry["datumPoskytovaniDo"] = "2024-12-31"


def _ended_by_facilities(random: Random, entry: Entry) -> None:
    for facility in entry["zarizeni"]:
        facility["poskytujeDo"] = "2023-06-30"


def _ends_disagree(random: Random, entry: Entry) -> None:
    entry["datumPoskytovaniDo"] = "2025-03-31"
    entry["zarizeni"][0]["poskytujeDo"] = "2022-01-31"


def _odd_dates(random: Random, entry: Entry) -> None:
    entry.update(datumPoskytovaniOd="2031-02-30", datumPoskytovaniDo="")
    entry["zarizeni"][0].update(poskytujeOd="01.03.2014", poskytujeDo="9999-12-31")


def _end_before_start(random: Random, entry: Entry) -> None:
    entry.update(datumPoskytovaniOd="2019-01-01T00:00:00", datumPoskytovaniDo="2018-01-01")


def _region_wide(random: Random, entry: Entry) -> None:
    entry["rozsirenePusobnostiVKraji"] = [{"id": entry["zarizeni"][0]["adresa"]["kraj"]["id"]}]


def _awkward_name(random: Random, entry: Entry) -> None:
    name = random.choice(names.AWKWARD_NAMES)
    for facility in entry["zarizeni"]:
        facility["nazev"] = name


def _person_in_note(random: Random, entry: Entry) -> None:
    person = make_person(random)
    entry["zarizeni"][0]["vedouci"] = person
    entry["telefony"][0]["poznamka"] = f"Mgr. {person['jmeno']} {person['prijmeni']}, vedoucí"
    entry["emaily"][0]["poznamka"] = f"{person['prijmeni']}"


def _repeated_capacities(random: Random, entry: Entry) -> None:
    form = entry["formy"][0]
    form["kapacity"] = [*form["kapacity"], dict(form["kapacity"][0])]
    entry["formy"] = [*entry["formy"], {**form, "kapacity": [{**form["kapacity"][0], "popis": "druhý zápis formy"}]}]


def _all_forms(random: Random, entry: Entry) -> None:
    entry["druhSocialniSluzby"] = {"id": f"DruhSocialniSluzby/{TYPE_NUMBERS['44']}"}
    entry["formy"] = [
        {
            "forma": {"id": f"FormaSocialniSluzby/{form.register_code}"},
            "nepretrzitePoskytovani": None,
            "casoveRozsahy": [{"den": {"id": "DenVTydnu/1"}, "casOd": "08:00", "casDo": "16:00"}],
            "kapacity": [_capacity(random, "44", form)],
        }
        for form in Form
    ]


def _loose_numbers(random: Random, entry: Entry) -> None:
    address = entry["zarizeni"][0]["adresa"]
    address.update(cisloOrientacni=54, psc=int(address["psc"]), cisloDomovni="2272", kodAdresnihoMista="90000001")
    address["typCislaDomovniho"] = {"id": "TypStavebnihoObjektu/2"}
    entry["identifikator"] = int(entry["identifikator"])


def _unknown_type(random: Random, entry: Entry) -> None:
    entry["druhSocialniSluzby"] = {"id": f"DruhSocialniSluzby/{UNKNOWN_TYPE_NUMBER}"}


def _no_facility(random: Random, entry: Entry) -> None:
    entry["zarizeni"] = []


TRAPS: dict[str, Callable[[Random, Entry], None]] = {
    "secret": _secret,
    "secret_with_address": _secret_with_address,
    "nulls": _nulls,
    "empty_lists": _empty_lists,
    "missing_keys": _missing_keys,
    "other_spelling": _other_spelling,
    "messy_contacts": _messy_contacts,
    "ended_by_service": _ended_by_service,
    "ended_by_facilities": _ended_by_facilities,
    "ends_disagree": _ends_disagree,
    "odd_dates": _odd_dates,
    "end_before_start": _end_before_start,
    "region_wide": _region_wide,
    "awkward_name": _awkward_name,
    "person_in_note": _person_in_note,
    "repeated_capacities": _repeated_capacities,
    "all_forms": _all_forms,
    "loose_numbers": _loose_numbers,
    "unknown_type": _unknown_type,
    "no_facility": _no_facility,
}
# What a demonstration shows to people too; the others would only make it look broken.
GENTLE_TRAPS = ("secret", "ended_by_service", "region_wide", "all_forms")


# --- faults: entries that break the form of the file ---


def _without_ico(entry: Entry) -> None:
    entry["poskytovatel"] = {**entry["poskytovatel"], "ico": None}


def _capacity_in_words(entry: Entry) -> None:
    entry["formy"] = [{"forma": {"id": "FormaSocialniSluzby/amb"}, "kapacity": [{"pocet": "mnoho", "typ": None}]}]


def _facilities_no_list(entry: Entry) -> None:
    entry["zarizeni"] = {"nazev": "ne seznam"}


def _without_number(entry: Entry) -> None:
    entry["portalId"] = None


FAULTS: tuple[Callable[[Entry], None], ...] = (
    _without_ico,
    _capacity_in_words,
    _facilities_no_list,
    _without_number,
)
