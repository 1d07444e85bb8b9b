"""The frame of a public page, written once and kept as a template of its own.

Around its blocks, ``web/base.html`` is the same for every visitor without a session: it changes with the language
and with the place in the navigation alone. A page that is asked for often extends what ``kept_frame()`` gives
instead of the file, so that only its blocks are written each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import current_app, g, request
from jinja2 import Template

from portal.web.http_cache import EXTENSION, PageCache
from portal.web.languages import current_language
from portal.web.navigation import carries_session

BASE = "web/base.html"
MAX_KEPT = 50

_KEPT = "portal_kept_frames"
_MARK = re.compile("\x02(\\w+)\x03")  # stands for a block while the frame is written; no page has such characters

Block = Callable[[Any], Iterator[str]]


def kept_frame() -> str | Template:
    """What the page of this request extends: the frame as written before, or the file for whoever has a session."""
    cache: PageCache = current_app.extensions[EXTENSION]
    if carries_session() or g.get("csp_nonce") != cache.placeholder or current_app.debug:
        return BASE
    kept: dict[tuple[str, str], Template] = current_app.extensions.setdefault(_KEPT, {})
    key = (current_language(), request.path)
    frame = kept.get(key)
    if frame is None:
        if len(kept) >= MAX_KEPT:
            kept.clear()
        frame = kept[key] = _write(current_app.jinja_env.get_template(BASE))
    return frame


def _write(base: Template) -> Template:
    values: dict[str, Any] = {}
    current_app.update_template_context(values)
    context = base.new_context(values)
    context.blocks = {name: [partial(_marked, name)] for name in base.blocks}
    text = "".join(base.root_render_func(context))
    # Every second part is the name of a block.
    source = "".join(
        f"{{% block {part} %}}{{% endblock %}}" if number % 2 else f"{{% raw %}}{part}{{% endraw %}}"
        for number, part in enumerate(_MARK.split(text))
    )
    frame = current_app.jinja_env.from_string(source)
    frame.blocks = base.blocks  # what a block holds where the page says nothing of its own
    return frame


def _marked(name: str, _context: Any) -> Iterator[str]:
    yield f"\x02{name}\x03"
