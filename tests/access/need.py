"""Who may see how many people wait. Nothing was counted in this world: pages say so."""

from tests.access.rows import EVERYBODY, MUNICIPALITY_WORKER, REGION, Objects, Row

FILE = Objects(own=lambda world, who: {"kind": "csv"}, missing=lambda world, who: {"kind": "exe"})

ROWS = (
    Row("need.index", "GET", REGION | {MUNICIPALITY_WORKER}),
    Row("need.local_file", "GET", frozenset({MUNICIPALITY_WORKER}), objects=FILE),
    Row("need.export_csv", "GET", REGION),
    Row("need.export_xlsx", "GET", REGION),
    Row("need.flow", "GET", REGION),
    Row("need.flow_csv", "GET", REGION),
    Row("need.flow_xlsx", "GET", REGION),
    Row("need.waiting", "GET", EVERYBODY),
)
