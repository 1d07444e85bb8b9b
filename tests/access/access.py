"""Who may see access to services, and who may try other capacities."""

from tests.access.rows import EVERYBODY, REGION, Objects, Row, answers

FILES = Objects(own=lambda world, who: {"kind": "csv"}, missing=lambda world, who: {"kind": "pdf"})

ROWS = (
    Row("access.index", "GET", EVERYBODY),
    Row("access.download", "GET", EVERYBODY, objects=FILES),
    Row("access.what_if", "GET", REGION),
    # Without a change there is nothing to download.
    Row("access.what_if_file", "GET", REGION, answers(400), objects=FILES),
)
