"""Who may see how many people wait. Nothing was counted in this world: pages say so."""

from tests.access.rows import EVERYBODY, REGION, Row

ROWS = (
    Row("need.index", "GET", REGION),
    Row("need.export_csv", "GET", REGION),
    Row("need.export_xlsx", "GET", REGION),
    Row("need.flow", "GET", REGION),
    Row("need.flow_csv", "GET", REGION),
    Row("need.flow_xlsx", "GET", REGION),
    Row("need.waiting", "GET", EVERYBODY),
)
