"""Import of official layers beside a plain read and simplification with geopandas: seconds, memory, soundness.

``python benchmarks/territory.py [--quick]``

The peer does what is usually written: read both layers, simplify each polygon by itself, reproject, write GeoJSON.
The portal reads, decodes, repairs, checks tiling and seats, simplifies the coverage as a whole and builds four
levels. Both run in a process of their own; seconds are the best of the rounds without the start of the process.
Layers: the real ones of Olomoucký kraj when PORTAL_SHARED_DATA (or ../shared/data) has them, and generated ones in
the detail of a cadastre.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import geopandas as gpd  # noqa: E402  # the repository has to be on the path first
import numpy as np  # noqa: E402  # see above
import shapely  # noqa: E402  # see above

from portal.demo.places import load_places  # noqa: E402  # see above
from portal.territory.calc.schematic import schematic_territory  # noqa: E402  # see above
from portal.territory.ingest.read import TerritoryFiles, read_territory  # noqa: E402  # see above
from portal.territory.types import Level, ParsedTerritory  # noqa: E402  # see above

TOLERANCE_M = 60.0


def portal_import(files: TerritoryFiles) -> dict[Level, list[str]]:
    parsed = read_territory(files)
    return {
        level: [item.web_geojson for item in parsed.units if item.unit.level is level]
        for level in (Level.ORP, Level.MUNICIPALITY)
    }


def plain_geopandas(files: TerritoryFiles) -> dict[Level, list[str]]:
    shapes = {}
    for level, path in ((Level.ORP, files.orp), (Level.MUNICIPALITY, files.municipalities)):
        frame = gpd.read_file(path)
        frame.geometry = frame.geometry.simplify(TOLERANCE_M)
        shapes[level] = list(shapely.to_geojson(frame.to_crs("EPSG:4326").geometry.values))
    return shapes


def measured(work: Callable[[TerritoryFiles], dict[Level, list[str]]], files: TerritoryFiles, rounds: int):
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        shapes = work(files)
        seconds.append(time.perf_counter() - started)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return min(seconds), peak_mib, shapes


def in_its_own_process(work, files: TerritoryFiles, rounds: int):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measured, work, files, rounds).result()


def unsound(shapes: dict[Level, list[str]]) -> str:
    """Share of units whose edges do not meet their neighbours' any more."""
    parts = []
    for level, texts in shapes.items():
        geometries = shapely.from_geojson(np.array(texts))
        broken = ~shapely.is_empty(shapely.coverage_invalid_edges(shapely.make_valid(geometries)))
        parts.append(f"{level} {broken.sum()}/{len(texts)}")
    return ", ".join(parts)


def generated_files(folder: Path, step_m: float) -> TerritoryFiles:
    """The schematic region as official files, a vertex every ``step_m`` metres."""
    parsed = schematic_territory(*load_places())
    by_level = {level: [item for item in parsed.units if item.unit.level is level] for level in Level}
    for name, level in (("ORP_P", Level.ORP), ("OBCE_P", Level.MUNICIPALITY)):
        items = by_level[level]
        columns = {"KOD": [i.unit.code for i in items], "NAZEV": [i.unit.name for i in items]}
        if level is Level.ORP:
            columns["NUTS3_KOD"] = [parsed.region_code] * len(items)
        shapes = [_roughened(shapely.from_wkb(item.surveyed_wkb), step_m) for item in items]
        gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:5514").to_file(folder / f"{name}.shp", encoding="cp1250")
    _write_list(folder / "people.csv", parsed)
    return TerritoryFiles("CZ071", folder / "ORP_P.shp", folder / "OBCE_P.shp", folder / "people.csv")


def _roughened(shape: shapely.Geometry, step_m: float) -> shapely.Geometry:
    """The same shape with dense, uneven edges; a point moves by where it lies, so neighbours still share it."""

    def move(points: np.ndarray) -> np.ndarray:
        points = np.round(points, 1)
        return points + 3.0 * np.sin(points[:, ::-1] / 40.0)

    return shapely.transform(shapely.segmentize(shape.normalize(), step_m), move)


def _write_list(path: Path, parsed: ParsedTerritory) -> None:
    units = {(item.unit.level, item.unit.code): item.unit for item in parsed.units}
    region = next(unit for (level, _code), unit in units.items() if level is Level.REGION)
    lines = [
        "KOD_OBEC;NAZ_OBEC;KOD_ORP;NAZ_ORP;KOD_OKRES;KOD_LAU1;NAZ_LAU1;MPSV_OKRES;KOD_KRAJ;KOD_CZNUTS3;NAZ_CZNUTS3;"
        "MPSV_KRAJ;LON;LAT;OBYV_2020;OBYV_0_14_2020;OBYV_65PLUS_2020;OBYV_80PLUS_2020"
    ]
    for (level, _code), unit in units.items():
        if level is Level.MUNICIPALITY:
            orp, district = units[Level.ORP, unit.parent_code], units[Level.DISTRICT, unit.district_code]
            cells = (
                unit.code, unit.name, orp.code, orp.name, district.code, district.nuts_code, district.name,
                district.mpsv_code, region.code, region.nuts_code, region.name, region.mpsv_code, unit.seat_lon,
                unit.seat_lat, unit.population, unit.population_0_14, unit.population_65_plus, unit.population_80_plus,
            )  # fmt: skip
            lines.append(";".join(map(str, cells)))
    path.write_text("\n".join(lines), encoding="cp1250")


def real_files() -> TerritoryFiles | None:
    folder = Path(os.environ.get("PORTAL_SHARED_DATA") or ROOT.parent / "shared" / "data") / "olomoucky"
    layers = folder / "boundaries_sjtsk"
    if not layers.exists():
        return None
    return TerritoryFiles("CZ071", layers / "ORP_P.shp", layers / "OBCE_P.shp", folder / "municipalities.csv")


def compare(name: str, files: TerritoryFiles, rounds: int) -> None:
    vertices = sum(
        int(shapely.get_num_coordinates(gpd.read_file(path).geometry.values).sum())
        for path in (files.orp, files.municipalities)
    )
    print(f"{name}: {vertices} vertices")
    seconds, peak, shapes = in_its_own_process(portal_import, files, rounds)
    plain_seconds, plain_peak, plain_shapes = in_its_own_process(plain_geopandas, files, rounds)
    peer = f"geopandas {gpd.__version__} read + simplify"
    for who, took, memory, result in (
        ("portal territory import", seconds, peak, shapes),
        (peer, plain_seconds, plain_peak, plain_shapes),
    ):
        size = sum(len(text) for texts in result.values() for text in texts) / 1e3
        print(f"  {who:<38} {took:7.2f} s {memory:7.0f} MiB {size:8.0f} kB  units with torn edges: {unsound(result)}")
    print(f"  ratio portal / {peer}: {seconds / plain_seconds:.1f} x time, {peak / plain_peak:.2f} x memory")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round, less detail")
    quick = parser.parse_args().quick
    rounds = 1 if quick else 2
    if files := real_files():
        compare("Olomoucký kraj, 13 ORP and 402 municipalities, generalised", files, rounds)
    else:
        print("real layers: not here, left out")
    with tempfile.TemporaryDirectory() as folder:
        files = generated_files(Path(folder), step_m=40.0 if quick else 10.0)
        compare("generated region, 13 ORP and 66 municipalities, in detail", files, rounds)


if __name__ == "__main__":
    main()
