"""Pages that need nothing else: no network, no other file, no script but their own.

Whatever comes from a document, a question or an answer is text to a page: its template escapes it, and the page's own
policy (Content-Security-Policy) runs only the one script whose hash it names.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_TEMPLATES = Path(__file__).parent / "templates"
_SCRIPT = "report.js"


def page(template: str, styles: Sequence[str], **shown: object) -> str:
    """A page of a template, which finds `style`, `script` and `policy` beside what is shown.

    Args:
        template: its file, in `templates`.
        styles: the style sheets, in order; a later one goes before an earlier one.
        shown: what the template shows.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = "\n".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in styles)
    script = (_TEMPLATES / _SCRIPT).read_text(encoding="utf-8")
    return environment.get_template(template).render(
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; "
        "form-action 'none'",
        **shown,
    )


def moment(started: str) -> str:
    """A time of a run, to the minute."""
    return f"{started[:16].replace('T', ' ')} UTC" if started else "an unknown day"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
