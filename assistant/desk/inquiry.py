"""What an inquiry asks: each sentence that asks, as it stands; the rest says what the questions are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from assistant.desk.errors import Refused
from assistant.desk.records import Item
from knowledge.errors import SourceError
from knowledge.glossary import Glossary
from knowledge.limits import MEGABYTE, Limits
from knowledge.loaders import LOADERS, read
from knowledge.places import Gazetteer
from knowledge.sentences import sentences

MOST_CHARACTERS = 20_000
MOST_QUESTIONS = 12
ENDINGS = (".txt", ".docx", ".eml")
LIMITS = Limits(
    file_megabytes=5,
    unpacked_megabytes=40,
    members=400,
    pages=100,
    characters=200_000,
    seconds=20,
    memory_megabytes=768,
)
"""What reading one letter may cost; far below what a policy document may."""

_LONGEST_SUBJECT = 60
# Asks without a question mark: 请告知申报材料。
_ASKS = re.compile(
    r"请问|请教|请告知|请予?(?:以)?(?:答复|解答|说明|明示|回复)|(?:烦请|望|盼)(?:予以)?(?:告知|答复|解答)|咨询|"
    r"想(?:要)?(?:了解|知道|问)|是否|能否|可否|有没有|是不是|能不能|多少|哪些|哪个|如何|怎么|怎样|什么时候|何时|吗[。.!！]?\s*$"
    r"|\b(?:please (?:tell|let|advise|inform|explain|confirm|clarify)|(?:would|should) like to (?:know|ask)"
    r"|wonder(?:ing)? (?:if|whether|how|what)|want to (?:know|ask))\b",
    re.IGNORECASE,
)
# What only asks for an answer, or says that questions follow, asks nothing by itself.
_EMPTY = re.compile(
    r"(?:现|特|特此|今|我|我们|我司|我公司|想|向|贵局|贵单位|贵厅|您|你们|以下|如下|上述|下列|几个|几点|一下|有关|相关|问题|事项|"
    r"咨询|请教|请问|请|予以|予|以|希望|望|盼|烦请|麻烦|得到|给予|尽快|及时|书面|答复|解答|回复|为|感谢|谢谢|敬请|如蒙|不胜|感激|"
    r"关于|政策|的|是|有|就|并|和|及|与|将|把|对|事|函|来信|致信|致函|敬祝|[\W_]|\d)*"
)
_LEADS_ON = re.compile(r"[:：]\s*$")
_SALUTATION = re.compile(r"[:：,，！!]\s*$|^(?:您好|你好|dear\b|hello\b)", re.IGNORECASE)
_GREETING_LINE = re.compile(r"\s*(?:dear\b|hello\b|尊敬的|您好|你好)[^\n]{0,60}[:：,，！!]\s*\n\s*", re.IGNORECASE)
_STOPPED = re.compile(r"[。.！!？?；;][\s”\"』」）)]*$")
_MARK = re.compile(r"[?？][\s”\"』」）)]*$")
_OPENING = re.compile(
    r"^[\s\W\d_]*(?:(?:您好|你好|hello|hi|good (?:morning|afternoon))[\s，,！!。.：:]+)?(?:[一二三四五六七八九十]+[、.])?[\s\W_]*",
    re.IGNORECASE,
)


def find_questions(text: str) -> list[Item]:
    """The sentences of an inquiry that ask, in order, as they stand there; at most `MOST_QUESTIONS`."""
    found = []
    for span in sentences(text):
        words = text[span.start : span.end]
        greeting = _GREETING_LINE.match(words)
        start = span.start + (greeting.end() if greeting else len(words) - len(words.lstrip()))
        words = text[start : span.end]
        words = words.strip()
        if _asks(words):
            found.append(Item(text=words, start=start, end=start + len(words)))
    if len(found) > 1 and not text[: found[0].start].strip() and not _STOPPED.search(found[0].text):
        del found[0]  # the subject above the letter: 关于奖励政策的咨询
    return found[:MOST_QUESTIONS]


def _asks(sentence: str) -> bool:
    if _LEADS_ON.search(sentence) or _EMPTY.fullmatch(sentence):
        return False
    return bool(_MARK.search(sentence) or _ASKS.search(sentence))


def stated(text: str, items: Sequence[Item], glossary: Glossary, gazetteer: Gazetteer) -> str:
    """What an inquiry says of the case beside its questions: the sentences with a place or a word of the domain's facts.

    Greetings, what leads on to the questions and telephone numbers would be read as part of what is asked.
    """
    kept = []
    for span in sentences(text):
        words = " ".join(text[span.start : span.end].split())
        asking = any(item.start < span.end and span.start < item.end for item in items)
        if not asking and not _LEADS_ON.search(words) and (glossary.find_slots(words) or gazetteer.find(words)):
            kept.append(words)
    return " ".join(kept)


def bare_question(text: str) -> str:
    """A question without the number of the list it stands in, and without a greeting before it."""
    return _OPENING.sub("", text, count=1).strip() or text.strip()


def subject_of(text: str, items: Sequence[Item]) -> str:
    """What a list calls an inquiry: its first line, or its first question where that is a salutation or the letter itself."""
    first = next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")
    if items and (_SALUTATION.search(first) or len(first) > _LONGEST_SUBJECT):
        first = bare_question(items[0].text)
    return first if len(first) <= _LONGEST_SUBJECT else first[: _LONGEST_SUBJECT - 1] + "…"


def checked_text(text: str) -> str:
    """The text of an inquiry, without what no letter holds.

    Raises:
        Refused: it is empty or too long.
    """
    kept = "".join(c if c in "\n\t" or c.isprintable() or c == "\u3000" else " " for c in text.replace("\r\n", "\n"))
    kept = kept.encode("utf-8", "replace").decode("utf-8").strip()
    if not kept:
        raise Refused("empty", "expected the text of an inquiry, got none; paste it or choose a file")
    if len(kept) > MOST_CHARACTERS:
        raise Refused(
            "too_long",
            f"expected an inquiry of at most {MOST_CHARACTERS:,} characters, got {len(kept):,}; paste the part that asks",
        )
    return kept


def read_inquiry(path: Path) -> str:
    """The text of a letter in a file, parsed in a process of its own within `LIMITS`.

    Raises:
        Refused: the file is of another type, too large, damaged, or empty.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS or ending not in LOADERS:
        raise Refused("file_type", f"expected a file that ends in {', '.join(ENDINGS)}, got {ending or 'no ending'}")
    if path.stat().st_size > LIMITS.file_megabytes * MEGABYTE:
        raise Refused("file_size", f"expected a file of at most {LIMITS.file_megabytes} MB; paste the text instead")
    try:
        return checked_text(read(path, LIMITS).text)
    except SourceError as error:
        raise Refused("file_unreadable", str(error)) from error
