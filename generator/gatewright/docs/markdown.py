"""A designer's Markdown → harmless HTML: no HTML of its own, no script, nothing fetched from elsewhere.

markdown-it-py escapes HTML and refuses `javascript:` and the like; images become links, so that no page of ours asks
a stranger's server for anything. Very long texts are rendered whole: 20,000 characters take milliseconds.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


@functools.cache
def renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.add_render_rule("link_open", link_open)
    made.add_render_rule("heading_open", heading)
    made.add_render_rule("heading_close", heading)
    return made


def link_open(self, tokens, index, options, env) -> str:  # type: ignore[no-untyped-def]
    tokens[index].attrSet("rel", "noopener noreferrer")
    return str(self.renderToken(tokens, index, options, env))


def heading(self, tokens, index, options, env) -> str:  # type: ignore[no-untyped-def]  # noqa: ARG001
    """A heading within a description: below the page's own, whatever the designer chose."""
    return '<p class="heading">' if tokens[index].nesting == 1 else "</p>\n"


@functools.lru_cache(20_000)
def block(text: str) -> Markup:
    """Paragraphs."""
    plain = text.strip()
    return Markup(renderer().render(plain)) if plain else Markup("")  # noqa: S704


@functools.lru_cache(20_000)
def inline(text: str) -> Markup:
    """One line, without paragraphs around it."""
    return Markup(renderer().renderInline(" ".join(text.split())))  # noqa: S704


def text_of(value: object) -> str:
    """What stands where a text is expected, as text."""
    return value if isinstance(value, str) else "" if value is None else str(value)
