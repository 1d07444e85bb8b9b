"""Municipal support in words."""

from __future__ import annotations

from portal.core.messages import _m
from portal.grants.ingest.columns import LABELS
from portal.grants.types import Agreement, By, Decision, Kind, Reply, Side, Source

KINDS = {kind: LABELS[kind] for kind in Kind}
SIDES = {Side.MUNICIPALITY: _m("The municipality gave"), Side.PROVIDER: _m("The provider received")}
SOURCES = {
    Source.MUNICIPALITY: _m("the municipality"),
    Source.REGION: _m("the region"),
    Source.PROVIDER: _m("the provider"),
    Source.IMPORT: _m("a file"),
}
REPLIES = {Reply.CONFIRMED: (_m("confirmed"), "green"), Reply.DISPUTED: (_m("disputed"), "orange")}
AGREEMENTS = {
    Agreement.DIFFERS: (_m("differs"), "orange"),
    Agreement.ONE_SIDED: (_m("told by one side"), "yellow"),
    Agreement.AGREES: (_m("agrees"), "green"),
    Agreement.NONE: (_m("not supplied"), "grey"),
}
DECISIONS = {
    Decision.OPEN: (_m("not decided"), "blue"),
    Decision.EXPLAINED: (_m("explained"), "green"),
    Decision.TO_CORRECT: (_m("to correct"), "orange"),
    Decision.ACCEPTED: (_m("accepted"), "green"),
}
STEPS = {
    "written": _m("written"),
    "imported": _m("imported from a file"),
    "taken_back": _m("import taken back"),
    "replied": _m("reply"),
    "settled": _m("settled by the region"),
}
VIEWS = {
    By.SERVICE: ("sluzby", _m("By service")),
    By.TYPE: ("druhy", _m("By type of service")),
    By.PROVIDER: ("poskytovatele", _m("By provider")),
    By.MUNICIPALITY: ("obce", _m("By municipality")),
    By.ORP: ("orp", _m("By ORP")),
}
COLUMNS = {"souhrn": _m("Summary"), "druhy": _m("Kinds of support")}  # what a report shows; its file holds all
