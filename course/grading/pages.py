"""Makes what a learner has written safe to look at, on feedback pages and in Formgrader.

Both are made by nbconvert, which passes the HTML of prose and outputs through two of its filters,
`strip_files_prefix` and `clean_html`: the configuration puts `clean` in the place of both.
"""

from __future__ import annotations

import re

import bleach
from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, CSSSanitizer
from nbconvert.filters import strip_files_prefix

_TAGS = bleach.ALLOWED_TAGS | {
    "br", "caption", "dd", "del", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "img", "ins", "kbd", "mark", "p", "pre", "q", "s", "samp",
    "small", "span", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "u", "var",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"class", "id", "style", "title", "align"},
    "a": {"href", "name"},
    "details": {"open"},
    "img": {"alt", "width", "height"},
    "ol": {"start"},
    "table": {"border"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SIDES = ("", "-top", "-right", "-bottom", "-left")
# Nothing that takes what it is about out of its place on the page.
_STYLES = ALLOWED_CSS_PROPERTIES | {
    *(f"{box}{side}" for box in ("margin", "padding", "border") for side in _SIDES),
    *("background", "list-style", "max-width", "min-width"),
}
# What is written as a function loads something, or used to run something; colours do not.
_FUNCTION = re.compile(r"(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(", re.IGNORECASE)
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
# Cleaned of its tags, a style sheet would be left as text.
_UNSHOWN = re.compile(r"<(style|script)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)


def clean(html: str | bytes) -> str:
    """`html` without anything that runs, loads from elsewhere, or leaves its place.

    >>> clean('<p onclick="steal()">5 × <b>2</b><script>steal()</script></p>')
    '<p>5 × <b>2</b></p>'
    >>> clean('<a href="javascript:steal()">more</a> <img src="https://else.where/seen.png">')
    '<a>more</a> <img>'
    >>> clean('<p style="background: u\\\\72l(//else.where); color: red">a</p>')
    '<p style="">a</p>'
    >>> clean('<p style="color: rgb(1,2,3)">a</p>')
    '<p style="color: rgb(1,2,3);">a</p>'
    """
    text = html.decode() if isinstance(html, bytes) else str(html)
    return bleach.clean(
        _UNSHOWN.sub("", strip_files_prefix(text)),
        tags=_TAGS,
        attributes=_may_stay,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
        css_sanitizer=_Css(allowed_css_properties=_STYLES),
    )


class _Css(CSSSanitizer):
    def sanitize_css(self, style: str) -> str:
        """Its own, which leaves `url(...)` in, and nothing where that or the like is left."""
        kept = super().sanitize_css(style)
        return "" if _FUNCTION.search(kept) else kept


def _may_stay(tag: str, name: str, value: str) -> bool:
    if tag == "img" and name == "src":
        return _IMAGE.fullmatch(value) is not None  # others would tell who looks, and when
    if name == "href" and value.strip().lower().startswith("data:"):
        return False
    return name in _ATTRIBUTES["*"] or name in _ATTRIBUTES.get(tag, ())
