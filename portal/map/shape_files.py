"""Shapes for the browser kept as files, since those of a country take some seconds to make.

Files are named after the hash of the territory, so they are never out of date; whoever deletes them loses nothing. Each
process that serves the map reads them instead of making its own.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import os
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

from portal.map.shapes import DIGEST_CHARS, WebShapes

FOLDER = "shapes"
FORMAT = 1  # grows with every change of how shapes are made

log = logging.getLogger(__name__)


def kept_in_file(folder: Path, name: str, make: Callable[[], WebShapes | None]) -> WebShapes | None:
    """The shapes of that name: from their file, else made now and written for the next time.

    A folder that cannot be written to costs the time alone; a damaged file is made anew.
    """
    path = folder / f"{name}-{FORMAT}.topojson.gz"
    found = _read(path)
    if found is not None:
        return found
    made = make()
    if made is not None:
        try:
            _write(path, made)
        except OSError as error:
            log.warning("shapes are not kept: %s", error)
    return made


def _read(path: Path) -> WebShapes | None:
    try:
        gzipped = path.read_bytes()
        said = json.loads(_beside(path).read_text())
        content = gzip.decompress(gzipped)
        south, west, north, east = said["bounds"]
        if hashlib.sha256(content).hexdigest()[:DIGEST_CHARS] != said["digest"]:
            return None
        return WebShapes(content, said["digest"], (south, west, north, east), gzipped, said["is_sound"])
    except (OSError, EOFError, zlib.error, ValueError, KeyError):
        return None


def _write(path: Path, shapes: WebShapes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = {"digest": shapes.digest, "bounds": shapes.bounds, "is_sound": shapes.is_sound}
    for target, content in ((path, shapes.gzipped), (_beside(path), json.dumps(said).encode())):
        handle, fresh = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(fresh, target)


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")
