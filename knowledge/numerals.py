"""Numbers in every spelling of policy texts and questions: 1,200 · 1.5亿 · 3万5千 · 六十万 · sixty thousand."""

from __future__ import annotations

import re
from decimal import Decimal

# Digits and their forms on cheques; a numeral's value is the place in this list.
_DIGIT_FORMS = ("零〇", "一壹", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
DIGITS = {char: value for value, forms in enumerate(_DIGIT_FORMS) for char in forms} | {"两": 2}
HAN_DIGITS = "".join(forms[0] for forms in _DIGIT_FORMS)
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
SCALES = _TENS | _MYRIADS

_ENGLISH_DIGITS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_ENGLISH_SCALES = {"hundred": 10**2, "thousand": 10**3, "k": 10**3, "wan": 10**4, "million": 10**6, "billion": 10**9}

# What is longer or larger is no quantity of a policy, and could not be kept exactly.
_LONGEST = 100
_LARGEST = 10**16

# Pieces of patterns, for text in the spelling of `knowledge.normalize`.
HAN = "".join((*DIGITS, *SCALES))
# 500,300,200万元 is three amounts: nobody groups the digits of hundreds of thousands of 万.
_LISTED = r"(?!\d{3}(?:,\d{3})+[ \t]*[万亿])"
ARABIC = rf"(?:{_LISTED}\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
_ENGLISH = "(?:" + "|".join(sorted(_ENGLISH_DIGITS, key=len, reverse=True)) + ")"
NUMERAL = re.compile(
    rf"(?P<arabic>(?<![\d.]){ARABIC}"
    r"(?:[ \t]*(?:hundred|thousand|million|billion|wan)\b"
    r"|k(?=[ \t]*(?:yuan|rmb|cny)\b)"
    rf"|(?:[ \t]*[十百千万亿]+(?:{ARABIC}[十百千])*)?))"
    rf"|(?P<han>[{HAN}]+)"
    rf"|(?P<english>\b{_ENGLISH}(?:[ -](?:and )?(?:{_ENGLISH}|hundred|thousand|million|billion))*\b)"
)
_SCALED_PART = re.compile(rf"({ARABIC})[ \t]*([十百千万亿]*)")
_ENGLISH_SCALE = re.compile(r"[ \t]*(hundred|thousand|million|billion|wan|k)$")


def number(text: str) -> Decimal:
    """The value of one numeral, whatever its spelling.

    Raises:
        ValueError: the text is no well-formed numeral.
    """
    text = text.strip().lower()
    if len(text) > _LONGEST:
        raise ValueError(f"expected a number of at most {_LONGEST} characters, got {len(text)}")
    if text[:1].isdigit():
        value = _arabic_number(text)
    elif text[:1] and text[0] in HAN:
        value = Decimal(chinese_number(text))
    else:
        value = Decimal(_english_number(text))
    if value >= _LARGEST:
        raise ValueError(f"expected a number below {_LARGEST}, got {text!r}")
    return value


def chinese_number(text: str) -> int:
    """The value of a Chinese numeral: 六十万 is 600000, 十五 is 15, 两万零五百 is 20500.

    Raises:
        ValueError: it is no well-formed numeral; digits in a row (二〇一一) are a year, not a number.
    """
    malformed = ValueError(f"expected a Chinese numeral such as 六十万, got {text!r}")
    if not text or any(char not in HAN for char in text):
        raise malformed
    total = 0
    rest = text
    # The largest unit comes first, and what stands before it is a numeral of its own below that unit.
    for char, myriad in sorted(_MYRIADS.items(), key=lambda pair: -pair[1]):
        before, found, after = rest.partition(char)
        if found:
            total += (_below_myriad(before, malformed) if before or total else 1) * myriad
            rest = after
    if any(char in rest for char in _MYRIADS):
        raise malformed
    return total + (_below_myriad(rest, malformed) if rest or not total else 0)


def small_number(text: str) -> int:
    """The number of an item, a month or a day, below a thousand, in Chinese or (full-width) Arabic digits.

    Unlike `chinese_number` it refuses nothing: what numbers the items of a damaged text is read as far as it goes.

    >>> small_number("二十三"), small_number("一百零五"), small_number("十"), small_number("１２")
    (23, 105, 10, 12)
    """
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        else:
            total, digit = total + (digit or 1) * SCALES.get(char, 1), 0
    return total + digit


def han_number(number: int, digits: str = HAN_DIGITS, ten: str = "十", hundred: str = "百") -> str:
    """A number from 1 to 999 in Chinese numerals; any other in Arabic digits."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{digits[hundreds]}{hundred}" if hundreds else ""
    if tens:
        words += f"{digits[tens] if tens > 1 or hundreds else ''}{ten}"
    elif hundreds and ones:
        words += digits[0]
    return words + (digits[ones] if ones else "")


def _below_myriad(text: str, malformed: ValueError) -> int:
    """The value of a Chinese numeral below 万."""
    total, digit, last_unit = 0, None, 10**4
    for char in text:
        if char in DIGITS:
            if digit:
                raise malformed
            digit = DIGITS[char]
            continue
        unit = _TENS.get(char, 0)
        if not unit or unit >= last_unit or digit == 0:
            raise malformed
        total, digit, last_unit = total + (digit or 1) * unit, None, unit
    if not text or (digit == 0 and len(text) > 1):
        raise malformed
    return total + (digit or 0)


def positional(text: str) -> int:
    """Digits in a row, Arabic or Chinese: 二〇一一 and 2011 are both 2011."""
    return int("".join(str(DIGITS.get(char, char)) for char in text))


def written_scale(numeral: str) -> int:
    """The 万 or 亿 that an Arabic numeral carries itself (10000 for 60万, 1 for 60)."""
    scale = 1
    for char in re.sub(r"^.*\d", "", numeral):
        scale *= SCALES.get(char, 1)
    return scale


def _arabic_number(text: str) -> Decimal:
    if word := _ENGLISH_SCALE.search(text):
        return Decimal(text[: word.start()].replace(",", "")) * _ENGLISH_SCALES[word.group(1)]
    total, position, last = Decimal(0), 0, Decimal(10**13)
    for part in _SCALED_PART.finditer(text):
        scale = Decimal(written_scale(part.group()))
        if part.start() != position or scale >= last:
            break
        total += Decimal(part.group(1).replace(",", "")) * scale
        position, last = part.end(), scale
    if position != len(text):
        raise ValueError(f"expected a number such as 1.5亿 or 3万5千, got {text!r}")
    return total


def _english_number(text: str) -> int:
    total, section = 0, 0
    words = [word for word in re.split(r"[\s-]+", text) if word not in ("", "and")]
    if not words or any(word not in _ENGLISH_DIGITS and word not in _ENGLISH_SCALES for word in words):
        raise ValueError(f"expected a number, got {text!r}")
    for word in words:
        if word in _ENGLISH_DIGITS:
            section += _ENGLISH_DIGITS[word]
        elif word == "hundred":
            section = max(section, 1) * 100
        else:
            total, section = total + max(section, 1) * _ENGLISH_SCALES[word], 0
    return total + section
