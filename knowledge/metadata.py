"""What a document says about itself and about others: its number, its dates, the documents it names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from knowledge.cleaning import clean
from knowledge.errors import UsageError
from knowledge.kept import Kept
from knowledge.model import DroppedSpan, Place, Reference, Span, TableRow
from knowledge.normalize import align
from knowledge.numerals import small_number
from knowledge.outline import load_lexicon
from knowledge.places import Gazetteer
from knowledge.prose import ends_as_title, is_metadata_line, spaced

_BRACKETED_YEAR = r"[〔\[［（(【﹝][12][0-9]{3}[〕\]］）)】﹞]"
DOC_NO = re.compile(rf"(?P<agency>[\u4e00-\u9fff]{{2,14}}){_BRACKETED_YEAR}\s*第?\s*[0-9]{{1,5}}\s*号")
_TITLE_BEFORE = re.compile(r"《(?P<title>[^《》]*(?:《[^《》]*》[^《》]*)*)》\s*[（(]\s*\Z")
_WIDEST_TITLE = 160
_LONGEST_TITLE = 80
# Words that may stand directly in front of a number and are no part of it.
_LEADING_WORDS = (
    "根据|按照|依照|依据|贯彻|落实|执行|参照|转发|印发|关于|通知|意见|办法|文件|以及|或者|文号|编号|字号"
    "|见|按|由|以|和|与|及|或|为|是|在|的|至|了|原|月|日"
)
_LEADERS = re.compile(rf"^.*(?:{_LEADING_WORDS})(?=[\u4e00-\u9fff]{{2}})")
DATE = re.compile(
    r"(?P<y>[12][0-9]{3})\s*(?:年|[-/.])\s*(?P<m>[01]?[0-9])\s*(?:月|[-/.])\s*(?P<d>[0-3]?[0-9])\s*日?(?![0-9])"
)
CN_DATE = re.compile(
    r"(?P<y>[一二][〇○零Ｏ0O一二三四五六七八九]{3})年(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十]{1,3})日"
)
# The label of a title in a page's table of metadata.
_NAMED = re.compile(r"(?:文件|信息)?(?:名称|标题)\s*:\s*")
# What stands above the title of an attachment.
_ATTACHED = re.compile(r"附\s*件\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})?\s*:?")
# How the line goes on whose beginning is the office above it, and what no line of a title holds.
_SUBJECT = re.compile("关于|印发|转发|批转")
_SENTENCE = re.compile("[,;。:]")
# Behind the short name of a place: it is the name of another one.
_OTHER_KIND = re.compile(r"[市县区縣區旗](?!场|場|域|级|級|内|內|属|屬)")
_BEFORE_PLACE = re.compile(r"(?:中共|关于(?:印发|发布|公布)|(?:[^《]*《)+)?")
_CN_DIGITS = str.maketrans("〇○零Ｏ0O一二三四五六七八九", "000000123456789")
_BRACKETS = str.maketrans("[［（(【﹝]］）)】﹞", "〔" * 6 + "〕" * 6)


def find_references(text: str, own_doc_no: str | None = None) -> tuple[Reference, ...]:
    """The documents that `text` names by number, in order, each where it is named first.

    A title in 《》 directly in front of the bracketed number belongs to it. The document's own number is no reference.
    """
    own = plain_number(own_doc_no) if own_doc_no else None
    seen = {own}
    found = []
    plain = align(text)
    for match in DOC_NO.finditer(plain):
        start = match.start() + leader(match["agency"])
        number = text[start : match.end()]
        if plain_number(number) in seen:
            continue
        seen.add(plain_number(number))
        titled = _TITLE_BEFORE.search(plain, max(0, start - _WIDEST_TITLE), start)
        if titled:
            title, end = text[slice(*titled.span("title"))], _closed(plain, match.end())
            found.append(Reference(title=title, doc_no=number, start=titled.start(), end=end))
        else:
            found.append(Reference(doc_no=number, start=start, end=match.end()))
    return tuple(found)


def find_date(text: str) -> date | None:
    """The first date of `text`, in Arabic (2011年1月24日, 2011-01-24) or Chinese numerals (二〇一一年一月二十四日)."""
    hits = [match for pattern in (DATE, CN_DATE) if (match := pattern.search(text))]
    if not hits:
        return None
    first = min(hits, key=re.Match.start)
    year = int(first["y"].translate(_CN_DIGITS))
    try:
        return date(year, small_number(first["m"]), small_number(first["d"]))
    except ValueError:
        return None


def find_title(text: str, known: Sequence[DroppedSpan] = (), rows: Sequence[TableRow] = ()) -> str:
    """The title a document opens with: its first line that is no page furniture; of a text in one line, the words that
    look like a title, else the beginning of the first sentence.

    Args:
        text: the stored text.
        known: ranges of it that are known to be no part of the document, ascending and apart.
        rows: the rows of its tables. A text of nothing else has no title, which is then empty.

    Raises:
        ValueError: the text is blank.
    """
    kept = Kept.of(text, clean(text, known), rows)
    span = title_span(kept)
    if span.start == span.end and not rows:
        return text.split()[0][:_LONGEST_TITLE]
    return title_words(kept, span)


def title_words(kept: Kept, span: Span) -> str:
    """The words of a title that stands in `span`, on one line: broken lines are joined, other blanks are one each."""
    lines = kept.text[slice(*span)].splitlines()
    return "".join(" ".join(line.split()) for line in lines if line.strip())


def title_span(kept: Kept) -> Span:
    """Where the title of a kept text stands; empty where the text is blank, or nothing but rows of tables.

    Lines about the document (发布日期:…, 附件1) are not its title while there is another line.
    """
    starts = {row.start for row in kept.rows}
    paragraphs = [span for span in kept.paragraphs(0, len(kept.text)) if span.start not in starts]
    if not paragraphs:
        return Span(0, 0)
    lines = [
        span
        for span in paragraphs
        if not (is_metadata_line(line := kept.plain[slice(*span)]) or _ATTACHED.fullmatch(line.strip()))
    ]
    start, end = _whole_title(kept, lines) if lines else paragraphs[0]
    if (named := _NAMED.match(kept.plain, start, end)) and named.end() < end:
        start = named.end()
    # In a text without line ends the lines about the document follow its title.
    labelled = _label_within().search(kept.plain, start + 1, end)
    end = kept.trimmed(start, labelled.start()).end if labelled else end
    if end - start <= _LONGEST_TITLE:
        return Span(start, end)
    ending = _title_ending().search(kept.plain, start, start + _LONGEST_TITLE)
    if ending:
        return Span(start, ending.end())
    return Span(start, min(next(iter(kept.sentence_ends_in(start, end)), end), start + _LONGEST_TITLE))


def _whole_title(kept: Kept, lines: Sequence[Span]) -> Span:
    """The first of some lines with those that its title goes on in.

    An office stands above what it issues (市场监督管理局⏎关于印发…的通知), on the head of its paper above the number, too; and
    a title that has not closed its 《 goes on below.
    """
    first, *rest = lines
    words = kept.plain[slice(*first)]
    if rest and not (ends_as_title(words) or _SENTENCE.search(words) or len(words) > _LONGEST_TITLE):
        below = next((span for span in rest[:2] if not DOC_NO.fullmatch(kept.plain[slice(*span)].strip())), rest[0])
        if _SUBJECT.match(kept.plain, *below):
            # With the number between them the office is no part of the title as it stands.
            first = Span(first.start, below.end) if below == rest[0] else below
            rest = rest[rest.index(below) + 1 :]
    for span in rest[:2]:
        words = kept.plain[slice(*first)]
        if words.count("《") <= words.count("》") or _SENTENCE.search(kept.plain, *span):
            break
        first = Span(first.start, span.end)
    return first


@lru_cache(maxsize=1)
def _label_within() -> re.Pattern[str]:
    labels = "|".join(spaced(label) for label in load_lexicon().metadata.labels if len(label) > 2)
    return re.compile(rf"[【\[]?(?:{labels})[】\]]?\s*:")


@lru_cache(maxsize=1)
def _title_ending() -> re.Pattern[str]:
    """The end of a title that runs on into the text: …办法(试行)第一章总则, …的通知各市人民政府."""
    lexicon = load_lexicon()
    endings, suffixes = ("|".join(map(re.escape, words)) for words in (lexicon.title_endings, lexicon.title_suffixes))
    return re.compile(rf"(?:{endings})(?:\((?:{suffixes})\))?(?=第[一1]|[一1][、.]|各|发布|为|根据|\s)")


def propose_place(title: str, gazetteer: Gazetteer) -> Place | None:
    """The place whose name opens a title, or the title that it quotes: 扬州市…意见, 关于印发《广州市…纲要》的通知.

    None where no place stands there, where the name is that of several, where other places stand in the title too, or
    where another kind of place is called so: 滨海市 is not 滨海县.
    """
    found = gazetteer.find(title)
    if not found or not _BEFORE_PLACE.fullmatch(title[: found[0].start]):
        return None
    narrowest = max(found, key=lambda match: len(match.parents))
    own = {narrowest.code, *narrowest.parents}
    if narrowest.alternatives or any(match.code not in own for match in found):
        return None
    if narrowest.level != "province" and _OTHER_KIND.match(title, narrowest.end):
        return None
    return gazetteer.get(narrowest.code)


def place_named(text: str, gazetteer: Gazetteer | None = None) -> Place:
    """The place that a GB/T 2260 code or a name stands for.

    Raises:
        UsageError: there is none, or more than one.
    """
    gazetteer = gazetteer or Gazetteer.load()
    if text.isascii() and text.isdigit():
        codes = {text}
    else:
        codes = {code for match in gazetteer.find(text) for code in (match.code, *match.alternatives)}
    try:
        (code,) = codes
        return gazetteer.get(code)
    except (ValueError, KeyError):
        raise UsageError(
            f"expected a GB/T 2260 code, or a name that means one place, got {text!r}; a zone without a code goes into a "
            "fragment of policies.yaml"
        ) from None


def leader(agency: str) -> int:
    """How many characters at the head of the run before the year are ordinary words, not the issuer's sign."""
    match = _LEADERS.match(agency)
    return match.end() if match else 0


def plain_number(number: str) -> str:
    """A document's number without differences of printing: the kind of bracket, white space, 第."""
    return re.sub(r"[\s第]", "", unicodedata.normalize("NFKC", number).translate(_BRACKETS))


def _closed(text: str, end: int) -> int:
    """One past the bracket that closes directly behind `end`."""
    match = re.compile(r"\s*[）)]").match(text, end)
    return match.end() if match else end
