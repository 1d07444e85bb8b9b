"""Pages that are asked for often, with all that never changes written beforehand.

Around its blocks, ``web/base.html`` is the same for every visitor without a session: it changes with the language
and with the place in the navigation alone. A template says its plain sentences in the same words each time. So for
such visitors the page extends a frame that was written once for its address, and comes from a copy of the template
whose plain sentences, ``{{ _("...") }}``, already stand in the reader's language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import current_app, g, render_template, request
from flask_babel import gettext
from jinja2 import Template

from portal.web.http_cache import EXTENSION, PageCache
from portal.web.languages import current_language
from portal.web.navigation import carries_session

BASE = "web/base.html"
MAX_KEPT = 50

_KEPT = "portal_kept_templates"
_MARK = re.compile("\x02(\\w+)\x03")  # stands for a block while the frame is written; no page has such characters
_SENTENCE = re.compile(r'\{\{ _\("([^"\\]*)"\) \}\}')


def render_public_page(name: str, **values: Any) -> str:
    """``render_template`` for the template of a ``public_page`` view that begins with ``{% extends frame %}``."""
    cache: PageCache = current_app.extensions[EXTENSION]
    if carries_session() or g.get("csp_nonce") != cache.placeholder or current_app.debug:
        return render_template(name, frame=BASE, **values)
    language = current_language()
    frame = _kept(("frame", language, request.path), _write_frame)
    # Without Flask's context processors, which would look for a person: there is none.
    return _kept((name, language, ""), partial(_with_sentences, name)).render(values, frame=frame, request=request)


def _kept(key: tuple[str, str, str], write: Callable[[], Template]) -> Template:
    kept: dict[tuple[str, str, str], Template] = current_app.extensions.setdefault(_KEPT, {})
    template = kept.get(key)
    if template is None:
        if len(kept) >= MAX_KEPT:
            kept.clear()
        template = kept[key] = write()
    return template


def _with_sentences(name: str) -> Template:
    environment = current_app.jinja_env
    assert environment.loader is not None
    source, _file, _fresh = environment.loader.get_source(environment, name)
    return environment.from_string(_SENTENCE.sub(lambda found: _literal(gettext(found[1])), source))


def _write_frame() -> Template:
    base = current_app.jinja_env.get_template(BASE)
    values: dict[str, Any] = {}
    current_app.update_template_context(values)
    context = base.new_context(values)
    context.blocks = {name: [partial(_marked, name)] for name in base.blocks}
    parts = _MARK.split("".join(base.root_render_func(context)))
    # Every second part is the name of a block.
    source = "".join(
        f"{{% block {part} %}}{{% endblock %}}" if number % 2 else _literal(part) for number, part in enumerate(parts)
    )
    frame = current_app.jinja_env.from_string(source)
    frame.blocks = base.blocks  # what a block holds where the page says nothing of its own
    return frame


def _marked(name: str, _context: Any) -> Iterator[str]:
    yield f"\x02{name}\x03"


def _literal(text: str) -> str:
    return f"{{{{ {json.dumps(text)} | safe }}}}"  # text of the portal itself, or already escaped by its template
