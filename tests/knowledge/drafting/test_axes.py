from __future__ import annotations

import pytest

from knowledge.drafting.axes import Choice, Head, Misaligned, align_lists, read_head, rows_of
from knowledge.drafting.lexer import lex
from knowledge.drafting.vocabulary import folded
from knowledge.quantities import find_quantities


def head_of(text: str) -> Head:
    plain = folded(text)
    return read_head(lex(plain, find_quantities(text)), plain)


def values(head: Head, axis: str) -> list[tuple[str, ...]]:
    return [choice.values for choice in head.of(axis)]  # type: ignore[arg-type]


class TestHeads:
    def test_a_list_shares_its_noun(self) -> None:
        head = head_of("主导制定国际、国家、行业标准的单位")
        assert values(head, "level") == [("international",), ("national",), ("industry",)]
        assert head.single("role") == "lead"

    def test_a_bracket_widens_a_level(self) -> None:
        assert values(head_of("制定国家（行业）标准的"), "level") == [("national", "industry")]

    def test_a_bracket_defines_a_role(self) -> None:
        head = head_of("作为标准主要起草单位(排名前两位)的企业")
        assert head.single("role") == "lead"
        assert head.definition == "rank:1-2"

    def test_a_colon_starts_over_what_it_takes_up(self) -> None:
        text = "承担国际、国家TC秘书处的分别奖励：国际的"
        plain = folded(text + "100万元")
        head = read_head([token for token in lex(plain, []) if token.end <= len(text)], plain)
        assert head.single("level") == "international"
        assert head.single("committee") == "TC"

    def test_adopting_advanced_foreign_standards_too_is_of_no_level(self) -> None:
        head = head_of("采用国际标准和国外先进标准的产品")
        assert not head.of("level")
        assert [row["level"] for row in rows_of(head)] == [None]

    def test_adopting_international_standards_alone_is_international(self) -> None:
        assert [row["level"] for row in rows_of(head_of("采用国际标准的产品"))] == ["international"]

    def test_a_firm_is_no_level(self) -> None:
        assert not head_of("对承担试点任务的企业，国家另有规定的除外").of("level")


class TestAlignment:
    LEVELS = (
        Choice(("international",), "国际"),
        Choice(("national",), "国家", "and"),
        Choice(("industry",), "行业", "and"),
    )
    ROLES = (Choice(("lead",), "主导"), Choice(("participate",), "参与", "and"))
    EITHER = (Choice(("lead",), "主导"), Choice(("participate",), "参与", "or"))

    def test_one_by_one(self) -> None:
        rows = align_lists(Head({"level": self.LEVELS}), 3, ["、", "、"], respectively=True)
        assert [row[0]["level"] for row in rows] == ["international", "national", "industry"]

    @pytest.mark.parametrize("count", [2, 4, 5])
    def test_lists_of_different_length_are_refused(self, count: int) -> None:
        with pytest.raises(Misaligned, match="against 3 things"):
            align_lists(Head({"level": self.LEVELS}), count, ["、"] * (count - 1), respectively=True)

    def test_one_amount_said_respectively_is_refused(self) -> None:
        with pytest.raises(Misaligned):
            align_lists(Head({"level": self.LEVELS}), 1, [], respectively=True)

    def test_one_amount_is_paid_for_each(self) -> None:
        assert len(align_lists(Head({"level": self.LEVELS}), 1, [], respectively=False)[0]) == 3

    def test_roles_alike_are_one_row(self) -> None:
        rows = align_lists(Head({"role": self.EITHER, "level": self.LEVELS}), 3, ["、", "、"], respectively=True)
        assert [[entry["role"] for entry in row] for row in rows] == [[None], [None], [None]]

    def test_crossed_lists_need_marks_that_show_their_order(self) -> None:
        head = Head({"role": self.ROLES, "level": self.LEVELS})
        rows = align_lists(head, 6, ["、", "、", "和", "、", "、"], respectively=True)
        assert [(row[0]["role"], row[0]["level"]) for row in rows][3:5] == [
            ("participate", "international"),
            ("participate", "national"),
        ]
        with pytest.raises(Misaligned, match="nothing shows their order"):
            align_lists(head, 6, ["、"] * 5, respectively=True)

    def test_two_lists_of_the_same_length_are_refused(self) -> None:
        with pytest.raises(Misaligned, match="either of two lists"):
            align_lists(Head({"role": self.ROLES, "level": self.LEVELS[:2]}), 2, ["、"], respectively=True)

    def test_wider_marks_group_a_list(self) -> None:
        levels = (*self.LEVELS[:2], Choice(("industry",), "行业", "slash"))
        rows = align_lists(Head({"level": levels}), 2, ["、"], respectively=True)
        assert [[entry["level"] for entry in row] for row in rows] == [["international"], ["national", "industry"]]

    def test_neighbouring_ranks_alike_are_one_band(self) -> None:
        ranks = (Choice(("rank:2",), "第二"), Choice(("rank:3",), "第三", "and"))
        assert [row["role"] for row in align_lists(Head({"role": ranks}), 1, [], respectively=False)[0]] == ["rank:2-3"]
