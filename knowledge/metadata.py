"""What a document says about itself and about others: its number, its dates, the documents it names."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from knowledge.model import Reference
from knowledge.outline import chinese_number

_BRACKETED_YEAR = r"[〔\[［（(【﹝][12][0-9]{3}[〕\]］）)】﹞]"
_DOC_NO = re.compile(rf"(?P<agency>[\u4e00-\u9fff]{{2,14}}){_BRACKETED_YEAR}\s*第?\s*[0-9]{{1,5}}\s*号")
_TITLE_BEFORE = re.compile(r"《(?P<title>[^《》]*(?:《[^《》]*》[^《》]*)*)》\s*[（(]\s*\Z")
_WIDEST_TITLE = 160
# Words that may stand directly in front of a number and are no part of it.
_LEADERS = re.compile(
    r"^.*(?:根据|按照|依照|依据|贯彻|落实|执行|参照|转发|印发|关于|通知|意见|办法|文件|以及|或者|文号|编号|字号|见|按|由|以|和|与|及|或|为|是|在|的|至|了|原)(?=[\u4e00-\u9fff]{2})"
)
_DATE = re.compile(
    r"(?P<y>[12][0-9]{3})\s*(?:年|[-/.])\s*(?P<m>[01]?[0-9])\s*(?:月|[-/.])\s*(?P<d>[0-3]?[0-9])\s*日?(?![0-9])"
)
_CN_DATE = re.compile(
    r"(?P<y>[一二][〇○零Ｏ0O一二三四五六七八九]{3})年(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十]{1,3})日"
)
_CN_DIGITS = str.maketrans("〇○零Ｏ0O一二三四五六七八九", "000000123456789")
_BRACKETS = str.maketrans("[［（(【﹝]］）)】﹞", "〔" * 6 + "〕" * 6)


def find_references(text: str, own_doc_no: str | None = None) -> tuple[Reference, ...]:
    """The documents that `text` names by number, in order, each where it is named first.

    A title in 《》 directly in front of the bracketed number belongs to it. The document's own number is no reference.
    """
    own = _plain(own_doc_no) if own_doc_no else None
    seen = {own}
    found = []
    for match in _DOC_NO.finditer(text):
        start = match.start() + _leader(match["agency"])
        number = text[start : match.end()]
        if _plain(number) in seen:
            continue
        seen.add(_plain(number))
        titled = _TITLE_BEFORE.search(text, max(0, start - _WIDEST_TITLE), start)
        if titled:
            found.append(
                Reference(title=titled["title"], doc_no=number, start=titled.start(), end=_closed(text, match.end()))
            )
        else:
            found.append(Reference(doc_no=number, start=start, end=match.end()))
    return tuple(found)


def find_doc_no(text: str) -> str | None:
    """The first document number that `text` (a title, a head line) holds, as printed."""
    match = _DOC_NO.search(text)
    return text[match.start() + _leader(match["agency"]) : match.end()] if match else None


def find_date(text: str) -> date | None:
    """The first date of `text`, in Arabic (2011年1月24日, 2011-01-24) or Chinese numerals (二〇一一年一月二十四日)."""
    hits = [match for pattern in (_DATE, _CN_DATE) if (match := pattern.search(text))]
    if not hits:
        return None
    first = min(hits, key=re.Match.start)
    year = int(first["y"].translate(_CN_DIGITS))
    try:
        return date(year, chinese_number(first["m"]), chinese_number(first["d"]))
    except ValueError:
        return None


def _leader(agency: str) -> int:
    """How many characters at the head of the run before the year are ordinary words, not the issuer's sign."""
    match = _LEADERS.match(agency)
    return match.end() if match else 0


def _plain(number: str) -> str:
    """A number without differences of printing: the kind of bracket, white space, 第."""
    return re.sub(r"[\s第]", "", unicodedata.normalize("NFKC", number).translate(_BRACKETS))


def _closed(text: str, end: int) -> int:
    """One past the bracket that closes directly behind `end`."""
    match = re.compile(r"\s*[）)]").match(text, end)
    return match.end() if match else end
