"""Policies in other words that say the same: their rows must stay, and what is not understood is refused, never paid wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import opencc
import pytest

from knowledge.drafting import draft_rules
from knowledge.manifest import describe, read_document
from knowledge.numerals import han_number
from tests.knowledge.drafting.cases import cases, compare

_AMOUNT = re.compile(r"(?<![\d.,，～~至\-—－])(?<!\d[、和])(\d{1,3})万元(?![/／])")
# Between whom a payment is for and its verb.
_GIVES = r"(?<=[的者业位]，)(?=(?:每[项个家件])?(?:分别|一次性|最高)?(?:给予|奖励|资助|补助))"
_DRAFTS = (
    r"(?<![一-龥、])对?(?=(?:主导|参与|牵头)(?:制定|修订)[^，。；：\n\d]{2,20}的(?:单位|企业)?，(?:每|分|奖|给|资|补))"
)
_REWARD = r"奖励(\d+万元)(?=[；。，])"
_TO_TRADITIONAL = opencc.OpenCC("s2t")


def _by(pattern: str, replacement: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)
    return lambda text: compiled.sub(replacement, text)


def _cheque(match: re.Match[str]) -> str:
    return han_number(int(match[1]), "零壹贰叁肆伍陆柒捌玖", "拾", "佰") + "万元"


def _full_width(text: str) -> str:
    return re.sub(r"[0-9%]", lambda match: chr(ord(match.group()) + 0xFEE0), text)


WORDINGS: dict[str, Callable[[str], str]] = {
    "Chinese numerals": lambda text: _AMOUNT.sub(lambda match: han_number(int(match[1])) + "万元", text),
    "numerals on cheques": lambda text: _AMOUNT.sub(_cheque, text),
    "in yuan": lambda text: _AMOUNT.sub(lambda match: f"{int(match[1]) * 10_000:,}元", text),
    "blanks": _by(r"(\d)万元", r"\1 万 元"),
    "without yuan": _by(r"(奖励|给予|资助)(\d+)万元(?=[；。，、])", r"\1\2万"),
    "currency": _by(r"(奖励|给予|补助|资助)(?=\d)", r"\1人民币"),
    "before tax": _by(r"((?:奖励|资助|补助)\d+万元)(?=[；。，])", r"\1（含税）"),
    "given once": _by(_REWARD, r"给予\1一次性补贴"),
    "as funds": _by(_REWARD, r"给予奖励资金\1"),
    "verb of one character": _by(r"(?<!等)奖励(\d+万元)(?=[；。，])", r"奖\1"),
    "at most": _by(r"(?<!最高)不超过(?=\d+万元)", "不得超过"),
    "short names of levels": _by(r"(?<=[制修]定)国家标准(?=[、，的])", "国标"),
    "short names of committees": _by("(?:专业)?标准化技术委员会", "标委会"),
    "to whom": _by(
        r"(?<![单企组机个人项标][位业织构人员目准])的，" + _GIVES.removeprefix("(?<=[的者业位]，)"), "的单位，"
    ),
    "audited": _by(_GIVES, "经主管部门审核通过后，"),
    "when": _by(_GIVES, "自获批之日起，"),
    "what for": _by(r"((?:奖励|资助|补助)\d+万元)(?=[；。])", r"\1，专项用于标准化工作"),
    "in a field": _by(_DRAFTS, "在标准研制方面，"),
    "furthered": _by(_DRAFTS, "支持企业开展标准研制，对"),
    "new lines": _by(r"(?<=[一-龥\d]；)(?=[^\n|\t]{8,}。\n)", "\n"),
    "traditional": _TO_TRADITIONAL.convert,
    "full width": _full_width,
}
# Every so manieth policy is read in a wording; of its rows that many in a hundred may be refused.
_STEP = 17
_REFUSED = 5.0


@pytest.mark.parametrize("wording", WORDINGS)
def test_rows_stay_in_other_words(wording: str, tmp_path: Path) -> None:
    matched = expected = 0
    wrong = {}
    for case in cases()[list(WORDINGS).index(wording) % _STEP :: _STEP]:
        text = case.path.read_text(encoding="utf-8")
        if (worded := WORDINGS[wording](text)) == text:
            continue
        path = tmp_path / case.path.name
        path.write_text(worded, encoding="utf-8")
        score = compare(draft_rules(read_document(describe(path), path)), case.rows)
        matched += score.matched
        expected += score.expected
        if score.wrong:
            wrong[path.name] = score.wrong
    assert wrong == {}
    assert expected > 20
    assert 100 * matched / expected >= 100 - _REFUSED
