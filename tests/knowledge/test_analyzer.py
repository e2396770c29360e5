from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.analyzer import normalize, tokens


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("标准化", ["标", "准", "化", "标准", "准化"]),
        ("標準", ["标", "准", "标准"]),
        ("奖励２０万元", ["奖", "励", "奖励", "20", "万", "元", "万元"]),
        ("奖20萬", ["奖", "20", "万"]),
        ("1.5倍", ["1.5", "倍"]),
        ("1,800,000元", ["1800000", "元"]),
        ("20,150,5", ["20", "150", "5"]),
        ("1.5％", ["1.5"]),
        ("2011年—2015年", ["2011", "年", "2015", "年"]),
        ("GB/T 1.1-2009", ["gb/t", "gb", "1.1", "2009"]),
        ("DB32/T", ["db32/t", "db32", "db", "32"]),
        ("TC/SC/WG", ["tc/sc/wg", "tc", "sc", "wg"]),
        ("ISO9001", ["iso9001", "iso", "9001"]),
        ("ISO 9001", ["iso", "9001"]),
        ("4K", ["4k"]),
        ("AAAA级", ["aaaa", "级"]),
        ("ＡＡＡ级", ["aaa", "级"]),
        ("state-of-the-art", ["state", "of", "the", "art"]),
        ("Straße, café", ["straße", "café"]),
        ("〇一", ["〇", "一", "〇一"]),
        ("粤府〔2010〕1号", ["粤", "府", "粤府", "2010", "1", "号"]),
        ("snake_case", ["snake", "case"]),
        ("𠮷野", ["𠮷", "野", "𠮷野"]),
        ("标 准", ["标", "准"]),
        ("？！。…😀", []),
        ("", []),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert tokens(text) == terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("標準化戰略實施意見", "标准化战略实施意见"),
        ("ＩＳＯ／ＩＥＣ", "iso/iec"),
        ("㎡", "m2"),
        ("①②", "12"),
        ("1，800", "1 800"),
    ],
)
def test_written_otherwise_and_read_alike(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


def test_a_character_is_simplified_whatever_stands_beside_it() -> None:
    for text in ("乾坤", "乾燥", "著作", "著名", "皇后", "後來"):
        assert normalize(text) == "".join(normalize(character) for character in text)


@given(st.text())
def test_no_term_is_empty_or_holds_white_space(text: str) -> None:
    assert all(term and not any(character.isspace() for character in term) for term in tokens(text))


@given(st.text())
def test_compatibility_forms_make_no_difference(text: str) -> None:
    assert tokens(unicodedata.normalize("NFKC", text).replace(",", "，")) == tokens(text.replace(",", "，"))


@given(
    st.text(st.sampled_from("标准国际行业奖励的。，abc 12"), max_size=30),
    st.text(st.sampled_from("标准x。"), max_size=5),
)
def test_terms_of_a_part_are_terms_of_the_whole(part: str, rest: str) -> None:
    assert set(tokens(part)) <= set(tokens(part + "\n" + rest))


@given(st.text(st.sampled_from("标准国际行业"), min_size=1, max_size=20))
def test_a_run_of_n_characters_gives_n_characters_and_n_minus_one_pairs(run: str) -> None:
    terms = tokens(run)
    assert terms == [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
