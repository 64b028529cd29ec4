"""HTML for notebooks, light and dark: it inherits colours, and loads nothing.

Styles stand on the elements themselves, since a notebook has styles of its own for tables.
"""

from collections.abc import Iterable, Sequence
from html import escape

LINE = "1px solid rgba(128, 128, 128, 0.35)"
CELL = "padding: 0.25em 0.8em; color: inherit; background: none; border: 0"
COLOURS = {"succeeded": "#2da44e", "failed": "#d9534f", "running": "#3b82f6"}
OTHER_COLOUR = "#8a8f98"


class Html(str):
    """Text that is HTML already; any other text is escaped."""

    __slots__ = ()


def html(text: object) -> Html:
    """Text as HTML, escaped unless it is HTML already."""
    return text if isinstance(text, Html) else Html(escape(str(text)))


def join(parts: Iterable[object], separator: str = "") -> Html:
    """Several texts in a row."""
    return Html(separator.join(html(part) for part in parts))


def element(tag: str, content: object, style: str = "") -> Html:
    """An element around a text."""
    attribute = f' style="{escape(style)}"' if style else ""
    return Html(f"<{tag}{attribute}>{html(content)}</{tag}>")


def table(headings: Sequence[object], rows: Iterable[Sequence[object]], *, left: int = 1) -> Html:
    """A table whose first `left` columns are aligned left, the others right."""

    def cells(tag: str, contents: Sequence[object], more: str) -> Html:
        sides = ("left" if column < left else "right" for column in range(len(contents)))
        styled = zip(contents, sides, strict=True)
        return join(
            element(tag, text, f"{CELL}; text-align: {side}{more}") for text, side in styled
        )

    head = element("tr", cells("th", headings, "; font-weight: 600; vertical-align: bottom"))
    body = join(
        element("tr", cells("td", row, f"; border-top: {LINE}; white-space: nowrap"))
        for row in rows
    )
    content = join([element("thead", head), element("tbody", body)])
    return element("table", content, "border-collapse: collapse; border: 0; margin: 0.5em 0")


def facts(pairs: Iterable[tuple[str, object]]) -> Html:
    """Names and values, one pair a line."""
    rows = [
        element(
            "tr",
            join(
                [
                    element("td", name, f"{CELL}; text-align: left; opacity: 0.7"),
                    element("td", value, f"{CELL}; text-align: left"),
                ]
            ),
        )
        for name, value in pairs
    ]
    style = "border-collapse: collapse; border: 0; margin: 0.25em 0; max-width: 55em"
    return element("table", join(rows), style)


def heading(title: object, status: str) -> Html:
    """A title and beside it a status."""
    style = f"color: {COLOURS.get(status, OTHER_COLOUR)}; font-weight: 600; margin-left: 0.8em"
    return element("div", join([element("strong", title), element("span", status, style)]))


def note(text: object) -> Html:
    """A line of small print."""
    return element("div", text, "opacity: 0.7; font-size: 0.9em")


def bar(share: float, colour: str = COLOURS["running"]) -> Html:
    """A horizontal bar of which a share from 0 to 1 is filled."""
    width = f"width: {100 * min(max(share, 0.0), 1.0):.1f}%"
    filled = element("div", "", f"height: 100%; {width}; background: {colour}; border-radius: 3px")
    ground = "background: rgba(128, 128, 128, 0.25); border-radius: 3px"
    return element("div", filled, f"width: 9em; height: 0.7em; display: inline-block; {ground}")


def details(summary: object, content: object) -> Html:
    """Content that is folded away until the summary is clicked."""
    style = "cursor: pointer; opacity: 0.7"
    return element("details", join([element("summary", summary, style), html(content)]))
