"""The outline numbers that a Word document counts by itself: 第一条, （二）, 3., 1.1, ①.

After ECMA-376 part 1, 17.9: a paragraph names a list and a level, the list names an abstract one, each level has a
number format and a text such as 第%1条 in which %1 stands for the number of level one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml.etree import _Element

from knowledge.loaders.xml import attribute, child, children
from knowledge.numerals import HAN_DIGITS, han_number

_FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_DEEPEST_LIST = 9


@dataclass(slots=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    is_legal: bool = False
    style: str = ""


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    abstract: str
    # The abstract list's numbers run on from one list of it to the next, unless the list says where to start.
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the numbered paragraphs of one document in their order.

    Args:
        numbering: the root of `numbering.xml`, or None for a document without lists.
        styles: the root of `styles.xml`, or None.
    """

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        abstracts = {attribute(a, "abstractNumId"): a for a in children(numbering, "abstractNum")}
        self._lists: dict[str, _List] = {}
        for entry in children(numbering, "num"):
            abstract = attribute(child(entry, "abstractNumId"), "val")
            self._lists[attribute(entry, "numId")] = _list(entry, abstract, abstracts.get(abstract))
        self._styles = {attribute(style, "styleId"): style for style in children(styles, "style")}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()

    def label(self, properties: _Element | None) -> str:
        """The number of the next paragraph, which has these `pPr`, with what follows it; empty where it has none."""
        list_id, level = self._place(properties)
        entry = self._lists.get(list_id)
        if list_id in ("", "0") or entry is None or level not in entry.levels:
            return ""
        counts = self._counts.setdefault(entry.abstract, {})
        if level in entry.starts and (list_id, level) not in self._started:
            self._started.add((list_id, level))
            counts[level] = entry.starts[level]
        else:
            counts[level] = counts.get(level, entry.levels[level].start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            restart = entry.levels[deeper].restart if deeper in entry.levels else None
            if restart != 0 and (restart is None or level < restart):
                del counts[deeper]
        return self._written(entry, level, counts)

    def _written(self, entry: _List, level: int, counts: dict[int, int]) -> str:
        own = entry.levels[level]
        if own.form == "none":
            return ""
        if own.form == "bullet":
            return "• "
        text = own.text
        for other in range(level, -1, -1):
            known = entry.levels.get(other, _Level())
            form = "decimal" if own.is_legal else known.form
            text = text.replace(f"%{other + 1}", written(counts.get(other, known.start), form))
        return text if text.endswith(("、", "）", ")", "．")) or not text else f"{text} "

    def _place(self, properties: _Element | None) -> tuple[str, int]:
        """The list and the level of a paragraph: its own, or those of its style and of what the style is based on."""
        own = child(properties, "numPr")
        list_id = attribute(child(own, "numId"), "val")
        level = attribute(child(own, "ilvl"), "val")
        style_id = attribute(child(properties, "pStyle"), "val")
        for _ in range(_DEEPEST_LIST):
            if list_id or not style_id or style_id not in self._styles:
                break
            style = self._styles[style_id]
            inherited = child(child(style, "pPr"), "numPr")
            list_id = attribute(child(inherited, "numId"), "val")
            level = level or attribute(child(inherited, "ilvl"), "val") or self._level_of_style(list_id, style_id)
            style_id = attribute(child(style, "basedOn"), "val")
        return list_id, int(level) if level.isdecimal() else 0

    def _level_of_style(self, list_id: str, style_id: str) -> str:
        entry = self._lists.get(list_id)
        levels = entry.levels.items() if entry else ()
        return next((str(index) for index, level in levels if level.style == style_id), "")


def _list(entry: _Element, abstract: str, definition: _Element | None) -> _List:
    levels = {int(attribute(level, "ilvl") or 0): _level(level) for level in children(definition, "lvl")}
    starts = {}
    for override in children(entry, "lvlOverride"):
        index = int(attribute(override, "ilvl") or 0)
        if (own := child(override, "lvl")) is not None:
            levels[index] = _level(own)
        if (start := attribute(child(override, "startOverride"), "val")).isdecimal():
            starts[index] = int(start)
    return _List(levels, abstract, starts)


def _level(level: _Element) -> _Level:
    start, restart = attribute(child(level, "start"), "val"), attribute(child(level, "lvlRestart"), "val")
    legal = child(level, "isLgl")
    return _Level(
        form=attribute(child(level, "numFmt"), "val") or "decimal",
        text=attribute(child(level, "lvlText"), "val"),
        start=int(start) if start.isdecimal() else 1,
        restart=int(restart) if restart.isdecimal() else None,
        is_legal=legal is not None and attribute(legal, "val") not in ("0", "false"),
        style=attribute(child(level, "pStyle"), "val"),
    )


def written(number: int, form: str) -> str:
    """A number in one of the formats of ECMA-376, 17.18.59; in Arabic digits where the format is another.

    >>> written(21, "chineseCounting"), written(3, "decimalEnclosedCircle"), written(2, "upperLetter")
    ('二十一', '③', 'B')
    """
    return _FORMS.get(form, str)(number)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if 1 <= number <= 20 else str(number)


def _letter(number: int) -> str:
    """a … z, aa, bb …"""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 40:
        return str(number)
    words = ""
    for value, word in _ROMAN:
        words += word * (number // value)
        number %= value
    return words


def _digits(number: int) -> str:
    return "".join(HAN_DIGITS[int(digit)] for digit in str(number)).replace("零", "〇")


def _full_width(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


_FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "chineseCounting": han_number,
    "chineseCountingThousand": han_number,
    "taiwaneseCounting": han_number,
    "taiwaneseCountingThousand": han_number,
    "japaneseCounting": han_number,
    "ideographDigital": _digits,
    "japaneseDigitalTenThousand": han_number,
    "taiwaneseDigital": _digits,
    "chineseLegalSimplified": lambda number: han_number(number, _FORMAL_DIGITS, "拾", "佰"),
    "ideographLegalTraditional": lambda number: han_number(number, _FORMAL_DIGITS, "拾", "佰"),
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
