"""Who may do what with imports of the register."""

from portal.catalog.jobs import READ_JOB
from portal.catalog.models import CatalogImport, CatalogImportChange
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.jobs import Job
from portal.core.transaction import transaction
from tests.access.rows import ADMINISTRATOR, AUDITOR, Objects, Row, World, answers

READERS = frozenset({ADMINISTRATOR, AUDITOR})
IMPORTERS = frozenset({ADMINISTRATOR})
A_MESSAGE = {"text": "The provider is missing.", "params": {}, "plural": None}
DIFFERENCES = [
    {"field": "name", "old": "Dům U Tří much", "new": "Dům U Tří sov"},
    {"field": "contacts", "old": ["+420 000 000 001"], "new": []},
]


def build_world(world: World) -> None:
    with transaction():
        row = CatalogImport(
            content_hash="0" * 64,
            file_name="rpss.json",
            state="waiting",
            services_in_file=0,
            services_in_region=0,
            services_live=0,
            added=0,
            changed=2,
            ended=0,
            counted=0,
            row_errors=[{"error": True, "path": "polozky[3].formy", "message": A_MESSAGE}],
            row_error_count=1,
            row_notice_count=0,
            code_lists={},
            reason={"messages": [A_MESSAGE]},
            changes=[
                CatalogImportChange(register_id=number, kind="changed", name="Dům U Tří sov", differences=DIFFERENCES)
                for number in (1, 2)
            ],
            created_at_utc=now_utc(),
        )
        job = Job(id="c" * 32, kind=READ_JOB, state="running", arguments={}, result={}, created_at_utc=now_utc())
        db.session.add_all((row, job))
        db.session.flush()
        world.keys["import_id"] = row.id


IMPORT = Objects(
    own=lambda world, who: {"import_id": world.keys["import_id"]},
    missing=lambda world, who: {"import_id": 999_999},
)
JOB = Objects(own=lambda world, who: {"job_id": "c" * 32}, missing=lambda world, who: {"job_id": "d" * 32})

ROWS = (
    Row("catalog_imports.index", "GET", READERS),
    Row("catalog_imports.upload", "POST", IMPORTERS, answers(422)),
    Row("catalog_imports.job", "GET", READERS, objects=JOB),
    Row("catalog_imports.job_state", "GET", READERS, objects=JOB),
    Row("catalog_imports.detail", "GET", READERS, objects=IMPORT),
    Row("catalog_imports.apply", "POST", IMPORTERS, answers(422), objects=IMPORT),
    Row("catalog_imports.discard", "POST", IMPORTERS, answers(302), objects=IMPORT),
    Row("catalog_imports.roll_back", "POST", IMPORTERS, answers(302), objects=IMPORT),
)
