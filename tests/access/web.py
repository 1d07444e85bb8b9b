"""Who may see the pages that belong to no feature: everybody."""

from portal.web.assets import manifest
from tests.access.rows import EVERYBODY, Objects, Row, answers

ROWS = (
    Row("web.home", "GET", EVERYBODY),
    Row("web.accessibility", "GET", EVERYBODY),
    Row("web.open_data", "GET", EVERYBODY),
    Row("web.robots", "GET", EVERYBODY),
    Row("web.favicon", "GET", EVERYBODY),
    Row("web.old_favicon", "GET", EVERYBODY, answers(301, 302, 308)),
    Row(
        "web.switch_language",
        "GET",
        EVERYBODY,
        answers(302),
        objects=Objects(own=lambda world, who: {"code": "en"}, missing=lambda world, who: {"code": "xx"}),
    ),
    Row(
        "assets.file",
        "GET",
        EVERYBODY,
        objects=Objects(
            own=lambda world, who: {"name": manifest()["web/portal.css"]},
            missing=lambda world, who: {"name": "web/none.css"},
        ),
    ),
)
