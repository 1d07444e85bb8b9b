"""Import of the ministry's register beside the plainest way: json.load and executemany into the same tables.

    python benchmarks/register_import.py [--quick]

Both write the same rows into the same migrated SQLite tables. The peer keeps the whole file in memory, checks and
cleans nothing, shows no preview and cannot be taken back; ours reads in a guarded child, drops names and secret
places, compares with the catalogue, stores the preview and applies it. Rows are counted in all tables of the
catalogue. Times are medians of alternating runs; processor seconds, child included, are given beside those of the
clock, since only they mean anything on a busy machine. Peak memory is the sum of resident memory over the command
and its child, sampled every 10 ms.
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from flask_migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.app import create_app  # noqa: E402  # the repository has to be on the path first
from portal.catalog.jobs import take_file  # noqa: E402  # see above
from portal.catalog.service.imports.applying import apply_import  # noqa: E402  # see above
from portal.catalog.service.imports.files import RegisterFiles  # noqa: E402  # see above
from portal.core.config import load_settings  # noqa: E402  # see above
from portal.core.db import db  # noqa: E402  # see above
from portal.core.permissions import OPERATOR  # noqa: E402  # see above
from portal.core.transaction import transaction  # noqa: E402  # see above
from portal.demo.places import load_places  # noqa: E402  # see above
from portal.demo.register.codelists import write_code_lists  # noqa: E402  # see above
from portal.demo.register.places import places_elsewhere, region_places  # noqa: E402  # see above
from portal.demo.register.writing import Recipe, write_register  # noqa: E402  # see above
from portal.territory import service as territory  # noqa: E402  # see above
from portal.territory.calc.schematic import schematic_territory  # noqa: E402  # see above

SERVICES, QUICK_SERVICES = 7_000, 1_000  # the whole register has 6 733 services and 18 907 facilities
LARGE_SERVICES, QUICK_LARGE_SERVICES = 17_600, 2_000  # about 100 MB, all of the region: the worst case
RUNS, QUICK_RUNS = 5, 2
MEMORY_LIMIT_MIB = 512
TABLES = (
    "providers",
    "services",
    "service_forms",
    "capacities",
    "facilities",
    "service_contacts",
    "service_target_groups",
    "service_age_groups",
)
MIB = 1024 * 1024
PLAINEST, PORTAL = "json.load + executemany", "portal"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small file, few runs: a try, not a measurement")
    quick = parser.parse_args().quick
    logging.disable(logging.INFO)
    with TemporaryDirectory(prefix="bench-register-") as name:
        folder = Path(name)
        empty = migrated(folder)
        write_code_lists(folder / "lists", [*region_places(), *places_elsewhere()])
        compare_speed(folder, empty, QUICK_SERVICES if quick else SERVICES, QUICK_RUNS if quick else RUNS)
        measure_memory(folder, empty, QUICK_LARGE_SERVICES if quick else LARGE_SERVICES)
    return 0


def migrated(folder: Path) -> Path:
    """An empty database of the portal with the schematic territory."""
    app = application(folder / "empty")
    with app.app_context():
        upgrade()
        with transaction():
            territory.store_territory(OPERATOR, parsed=schematic_territory(*load_places()))
        db.engine.dispose()
    return folder / "empty"


def application(instance: Path) -> Any:
    return create_app(load_settings({"PORTAL_INSTANCE": str(instance)}))


def compare_speed(folder: Path, empty: Path, services: int, runs: int) -> None:
    register = folder / "register.json"
    written = write_register(register, Recipe(services, elsewhere=0, indent=2))
    print(
        f"file: {written.services:,} services, {written.facilities:,} facilities, {written.bytes / 1e6:.0f} MB;"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    times: dict[str, list[float]] = {PLAINEST: [], PORTAL: []}
    processor: dict[str, list[float]] = {PLAINEST: [], PORTAL: []}
    rows: dict[str, int] = {}
    ways: dict[str, Callable[[Path], tuple[float, float]]] = {
        PLAINEST: lambda instance: plainest(instance / "portal.db", register),
        PORTAL: lambda instance: ours(instance, register, folder / "lists"),
    }
    for run in range(runs):
        for way, import_it in ways.items():
            instance = folder / f"run-{run}"
            shutil.copytree(empty, instance)
            seconds, busy = import_it(instance)
            times[way].append(seconds)
            processor[way].append(busy)
            rows[way] = count_rows(instance / "portal.db")
            shutil.rmtree(instance)
    for way, found in times.items():
        seconds, busy = statistics.median(found), statistics.median(processor[way])
        print(
            f"  {way:24} {rows[way]:>8,} rows  {seconds:6.2f} s {rows[way] / seconds:>9,.0f} rows/s"
            f"  processor {busy:6.2f} s {rows[way] / busy:>9,.0f} rows/s"
        )
    for measure, found_by in (("by the clock", times), ("by the processor", processor)):
        rate = {way: rows[way] / statistics.median(found) for way, found in found_by.items()}
        print(f"  portal / plainest {measure:18} {rate[PORTAL] / rate[PLAINEST]:.2f}  (aim 0.50)")


def processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def ours(instance: Path, register: Path, lists: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor, start of the child included."""
    with application(instance).app_context():
        begun, used = time.perf_counter(), processor_seconds()
        info = take_file(OPERATOR, RegisterFiles(register, lists))
        with transaction():
            apply_import(OPERATOR, import_id=info.id)
        seconds, busy = time.perf_counter() - begun, processor_seconds() - used
        db.engine.dispose()
    return seconds, busy


def plainest(database: Path, register: Path) -> tuple[float, float]:
    """The same for what one writes first: all in memory, rows as tuples, nothing looked at."""
    begun, used = time.perf_counter(), processor_seconds()
    with register.open(encoding="utf-8") as file:
        entries = json.load(file)["polozky"]
    providers: dict[str, tuple[Any, ...]] = {}
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    form_id = 0
    for number, entry in enumerate(entries, start=1):
        provider = entry["poskytovatel"]
        if provider["ico"] not in providers:
            providers[provider["ico"]] = (len(providers) + 1, provider["ico"], provider["nazev"])
        text = json.dumps(entry, ensure_ascii=False)
        name = (entry["zarizeni"] or [{}])[0].get("nazev") or provider["nazev"]
        kind = entry["druhSocialniSluzby"]["id"].split("/")[1]
        rows["services"].append(
            (number, entry["portalId"], entry.get("identifikator"), providers[provider["ico"]][0], kind, name, text)
        )
        forms = set()
        for form in entry["formy"] or ():
            if form["forma"]["id"] in forms:
                continue
            forms.add(form["forma"]["id"])
            form_id += 1
            rows["service_forms"].append((form_id, number, FORMS[form["forma"]["id"]]))
            rows["capacities"] += [(form_id, UNITS[c["typ"]["id"]], c["pocet"], c["popis"]) for c in form["kapacity"]]
        rows["facilities"] += [(number, *place(facility)) for facility in entry["zarizeni"]]
        for key, contact, contact_kind in CONTACTS:
            rows["service_contacts"] += [
                (number, contact_kind, item.get(contact) or "") for item in entry.get(key) or ()
            ]
        for key, inner, table in GROUPS:
            codes = {item[inner]["id"].split("/")[1] for item in entry.get(key) or ()}
            rows[table] += [(number, code) for code in codes]
    rows["providers"] = list(providers.values())
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = NORMAL")
    with connection:
        for table, statement in STATEMENTS.items():
            connection.executemany(statement, rows[table])
    connection.close()
    return time.perf_counter() - begun, processor_seconds() - used


def place(facility: dict[str, Any]) -> tuple[Any, ...]:
    address = facility["adresa"]
    if facility["utajenaAdresa"] or not address:
        return None, True, None, None, None, None, None  # the schema refuses more
    street = (address.get("ulice") or {}).get("nazev")
    municipality = address["obec"]["id"].split("/")[1]
    house = f"{address['cisloDomovni']}/{address['cisloOrientacni']}"
    return facility["nazev"], False, street, house, str(address["psc"]), municipality, address["kodAdresnihoMista"]


FORMS = {f"FormaSocialniSluzby/{code}": form for code, form in
         (("ter", "outreach"), ("amb", "outpatient"), ("pob", "residential"))}  # fmt: skip
UNITS = {f"TypKapacitySocialniSluzby/{code}": unit for code, unit in
         (("luzka", "beds"), ("klient", "clients"), ("kontakt", "contacts"), ("interv", "interventions"),
          ("hovor", "calls"))}  # fmt: skip
CONTACTS = (("telefony", "telefon", "phone"), ("emaily", "email", "email"), ("weby", "web", "web"))
GROUPS = (
    ("ciloveSkupiny", "cilovaSkupina", "service_target_groups"),
    ("vekoveSkupiny", "vekovaSkupina", "service_age_groups"),
)
STATEMENTS = {
    "providers": "INSERT INTO providers (id, ico, name) VALUES (?, ?, ?)",
    "services": "INSERT INTO services (id, register_id, identifier, provider_id, type_code, name, record,"
    " region_wide, record_hash, kept_fields) VALUES (?, ?, ?, ?, ?, ?, ?, 0, '', '[]')",
    "service_forms": "INSERT INTO service_forms (id, service_id, form, nonstop) VALUES (?, ?, ?, 0)",
    "capacities": "INSERT INTO capacities (service_form_id, unit, amount, note) VALUES (?, ?, ?, ?)",
    "facilities": "INSERT INTO facilities (service_id, name, secret, street, house_number, postcode,"
    " municipality_code, address_place_code, point_is_exact) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
    "service_contacts": "INSERT INTO service_contacts (service_id, kind, value) VALUES (?, ?, ?)",
    "service_target_groups": "INSERT INTO service_target_groups (service_id, code) VALUES (?, ?)",
    "service_age_groups": "INSERT INTO service_age_groups (service_id, code) VALUES (?, ?)",
}


def count_rows(database: Path) -> int:
    connection = sqlite3.connect(database)
    try:
        return sum(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES)
    finally:
        connection.close()


def measure_memory(folder: Path, empty: Path, services: int) -> None:
    register = folder / "large.json"
    written = write_register(register, Recipe(services, elsewhere=0, indent=2))
    command = [sys.executable, "-m", "portal", "catalog", "import", str(register), "--codelists", str(folder / "lists")]
    environment = {
        "PORTAL_INSTANCE": str(empty),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": ":".join(filter(None, sys.path)),
    }
    begun = time.perf_counter()
    with subprocess.Popen([*command, "--apply"], env=environment, stderr=subprocess.PIPE, text=True) as process:
        peak = watch(psutil.Process(process.pid))
        messages = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise RuntimeError(messages)
    seconds = time.perf_counter() - begun
    print(
        f"memory: {written.bytes / 1e6:.0f} MB, {written.services:,} services imported and applied in {seconds:.0f} s"
    )
    print(f"  peak of command and child  {peak['both'] / MIB:.0f} MiB  (aim {MEMORY_LIMIT_MIB})")
    print(f"  command alone {peak['command'] / MIB:.0f} MiB, child alone {peak['child'] / MIB:.0f} MiB")


def watch(process: psutil.Process) -> dict[str, int]:
    """Highest resident memory of a process and its children, alone and together."""
    peak = {"command": 0, "child": 0, "both": 0}
    while True:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return peak
            command = process.memory_info().rss
            child = sum(part.memory_info().rss for part in process.children(recursive=True))
        except psutil.NoSuchProcess:
            if not process.is_running():
                return peak
            continue
        for key, value in (("command", command), ("child", child), ("both", command + child)):
            peak[key] = max(peak[key], value)
        time.sleep(0.01)


if __name__ == "__main__":
    raise SystemExit(main())
