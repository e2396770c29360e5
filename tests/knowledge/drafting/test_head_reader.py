from __future__ import annotations

from knowledge.drafting.alignment import rows_of
from knowledge.drafting.axes import Head
from knowledge.drafting.head_reader import read_head
from knowledge.drafting.lexer import lex
from knowledge.drafting.vocabulary import folded
from knowledge.quantities import find_quantities


def head_of(text: str) -> Head:
    plain = folded(text)
    return read_head(lex(plain, find_quantities(text)), plain)


def values(head: Head, axis: str) -> list[tuple[str, ...]]:
    return [choice.values for choice in head.of(axis)]  # type: ignore[arg-type]


def test_a_list_shares_its_noun() -> None:
    head = head_of("主导制定国际、国家、行业标准的单位")
    assert values(head, "level") == [("international",), ("national",), ("industry",)]
    assert head.single("role") == "lead"


def test_a_bracket_widens_a_level() -> None:
    assert values(head_of("制定国家（行业）标准的"), "level") == [("national", "industry")]


def test_a_bracket_defines_a_role() -> None:
    head = head_of("作为标准主要起草单位(排名前两位)的企业")
    assert head.single("role") == "lead"
    assert head.definition == "rank:1-2"


def test_a_colon_starts_over_what_it_takes_up() -> None:
    text = "承担国际、国家TC秘书处的分别奖励：国际的"
    plain = folded(text + "100万元")
    head = read_head([token for token in lex(plain, []) if token.end <= len(text)], plain)
    assert head.single("level") == "international"
    assert head.single("committee") == "TC"


def test_adopting_advanced_foreign_standards_too_is_of_no_level() -> None:
    head = head_of("采用国际标准和国外先进标准的产品")
    assert not head.of("level")
    assert [row["level"] for row in rows_of(head)] == [None]


def test_adopting_international_standards_alone_is_international() -> None:
    assert [row["level"] for row in rows_of(head_of("采用国际标准的产品"))] == ["international"]


def test_a_firm_is_no_level() -> None:
    assert not head_of("对承担试点任务的企业，国家另有规定的除外").of("level")
