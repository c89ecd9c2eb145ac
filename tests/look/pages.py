"""A page as its reader gets it: the words he sees, the forms he sends, what the browser is asked to run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
# Attributes that are read out or shown. `value` is shown on buttons only; what stands in a field is somebody's text.
SHOWN = ("title", "alt", "aria-label", "placeholder", "label", "summary")
THAI = re.compile(r"[\u0e01-\u0e3a\u0e3f-\u0e5b]+")


@dataclass
class Form:
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """A run of text with the language its element says it is in, and whether it is quoted as code."""

    text: str
    lang: str
    is_code: bool


class Page(HTMLParser):
    """Read one page of HTML; what a test asks for is in the attributes."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.lang = ""
        self.title = ""
        self.h1: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.words: list[Words] = []
        self.inline: list[str] = []
        self._open: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        self.title = " ".join(self.title.split())

    @property
    def text(self) -> str:
        """All that is shown or read out, with line breaks between elements."""
        return "\n".join(words.text for words in self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        lang = values.get("lang", self._lang)
        if tag == "html":
            self.lang = lang
        if tag not in EMPTY:
            self._open.append((tag, lang))
        if tag == "h1":
            self.h1.append("")
        self._note_inline(tag, values)
        self._note_links_and_forms(tag, values)
        if "id" in values:
            self.ids.append(values["id"])
        shown = [values[name] for name in SHOWN if values.get(name)]
        shown += [value for name, value in values.items() if name.startswith("data-") and " " in value]
        if tag == "meta" and values.get("name") == "description":
            shown.append(values.get("content", ""))
        if tag == "input" and values.get("type") in ("submit", "button", "reset"):
            shown.append(values.get("value", ""))
        self.words += [Words(text, lang, is_code=False) for text in shown]

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        inside = [name for name, _ in self._open]
        if "title" in inside and "svg" not in inside:
            self.title += data
        if "h1" in inside:
            self.h1[-1] += data
        if data.strip() and not {"script", "style", "textarea"} & set(inside):
            self.words.append(
                Words(" ".join(data.split()), self._lang, is_code=bool({"code", "pre", "kbd"} & set(inside)))
            )

    @property
    def _lang(self) -> str:
        return self._open[-1][1] if self._open else ""

    def _note_inline(self, tag: str, values: dict[str, str]) -> None:
        if tag == "style" or (tag == "script" and "src" not in values):
            self.inline.append(f"<{tag}>")
        for name, value in values.items():
            if name == "style" or name.startswith("on") or value.strip().lower().startswith("javascript:"):
                self.inline.append(f"<{tag} {name}={value!r}>")

    def _note_links_and_forms(self, tag: str, values: dict[str, str]) -> None:
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "form":
            self.forms.append(Form(values.get("method", "get").lower(), values.get("action", "")))
        if tag in ("input", "select", "textarea", "button") and "name" in values and self.forms:
            self.forms[-1].fields[values["name"]] = values.get("value", "")


def in_other_language(page: Page, language: str) -> Iterator[Words]:
    """The words of a page that do not say they are in another language; code is nobody's language."""
    return (words for words in page.words if words.lang == language and not words.is_code)
