"""How many municipalities have told what a layer is gathered from, in words."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from portal.map.layers.types import Gathered, LayerFrame, Source
from portal.territory.types import Level
from portal.web.formats import number


def gathered_sentence(frame: LayerFrame) -> str | None:
    """How many municipalities of the view have told what the layer is gathered from."""
    found = [frame.gathered[area.code] for area in frame.areas if area.code in frame.gathered]
    if not found:
        return None
    if frame.layer.source is Source.GRANTS:
        return _support_sentence(frame, found)
    done, begun = sum(one.done for one in found), sum(one.begun for one in found)
    sentence = ngettext(
        "%(count)s of %(all)s municipalities has handed over its figures of the time.",
        "%(count)s of %(all)s municipalities have handed over their figures of the time.",
        done,
        count=number(done),
        all=number(sum(one.municipalities for one in found)),
    )
    if not begun:
        return sentence
    more = ngettext(
        "%(count)s more has begun; what it has told is in the figures.",
        "%(count)s more have begun; what they have told is in the figures.",
        begun,
        count=number(begun),
    )
    return f"{sentence} {more}"


def _support_sentence(frame: LayerFrame, found: Sequence[Gathered]) -> str:
    done = sum(one.done for one in found)
    everybody = number(sum(one.municipalities for one in found))
    if frame.ask.type_code is not None:
        return ngettext(
            "%(count)s of %(all)s municipalities has told its support of this type of service; a zero counts too.",
            "%(count)s of %(all)s municipalities have told their support of this type of service; a zero counts too.",
            done,
            count=number(done),
            all=everybody,
        )
    return ngettext(
        "%(count)s of %(all)s municipalities has told its support; a zero counts too.",
        "%(count)s of %(all)s municipalities have told their support; a zero counts too.",
        done,
        count=number(done),
        all=everybody,
    )


def gathered_label(frame: LayerFrame) -> str:
    """The heading of the column of ``gathered_text``."""
    if frame.layer.source is Source.GRANTS:
        return gettext("Municipalities that told")
    return gettext("Municipalities that handed over")


def gathered_text(gathered: Gathered | None) -> str:
    """Of an area: "3 of 5"; nothing where the reader is not told."""
    if gathered is None:
        return ""
    return gettext("%(done)s of %(all)s", done=number(gathered.done), all=number(gathered.municipalities))


def lists_gathered(frame: LayerFrame) -> bool:
    """Whether the table has a column of it; of single municipalities their state says it."""
    return bool(frame.gathered) and frame.ask.level is not Level.MUNICIPALITY
