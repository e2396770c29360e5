"""No number of a table that its unit makes money is passed over in silence, whatever its columns hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from knowledge.drafting import Draft, draft_rules
from knowledge.drafting.review import review_file
from knowledge.manifest import describe, read_document
from knowledge.rules import load_rules

TITLE = "某市标准化奖励办法\n第一条 对制定标准的单位给予奖励，标准见下表。\n"
# A unit, and the yuan of one.
SCALES = {"元": 1, "千元": 1000, "万元": 10_000, "百万元": 1_000_000}


def draft_of(text: str, folder: Path) -> Draft:
    """The draft of a text below a title that promises rewards."""
    path = folder / "policy.txt"
    path.write_text(f"{TITLE}{text}\n第二条 本办法自发布之日起施行。\n", encoding="utf-8")
    return draft_rules(read_document(describe(path), path))


def held(draft: Draft) -> set[int | None]:
    """Every amount that a draft accounts for, in yuan."""
    rows = {yuan for rule in draft.rules for yuan in (rule.yuan, rule.yuan_min)}
    caps = {cap.yuan for rule in draft.rules for cap in rule.cap}
    return rows | caps | {entry.yuan for entry in draft.ignored}


def drawn(rows: list[list[str]], form: str) -> str:
    """A table in one of the ways to write it in plain text."""
    if form == "entries":
        head, *body = rows
        pairs = [[f"{title}：{cell}" for title, cell in zip(head, row, strict=True) if cell] for row in body]
        return "\n".join("；".join(row) + "。" for row in pairs)
    if form == "bars":
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    mark = "\t" if form == "tabs" else "    "
    return "\n".join(mark.join(row) for row in rows)


class TestProperty:
    TITLES = st.lists(
        st.sampled_from(
            ["主导", "参与", "奖励金额", "补助", "投资额", "项目预算", "备注", "甲类", "第二起草单位", "上限", "营收", "原标准"]
        ),
        min_size=1,
        max_size=4,
        unique=True,
    )  # fmt: skip
    LABELS = st.lists(
        st.sampled_from(["国际标准", "国家标准", "行业标准", "一等奖", "合计", "技术委员会", "优秀项目", "甲公司"]),
        min_size=2,
        max_size=4,
        unique=True,
    )
    # How the number of a cell is written.
    FORMS = st.sampled_from(
        ["{}", "{}", "{}", "约{}", "{}*", "{}以上", "不超过{}", "{}/项", "按{}计", "另给予{}", "{}（含）"]
    )

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        titles=TITLES,
        labels=LABELS,
        unit=st.sampled_from(sorted(SCALES)),
        said=st.sampled_from(["titles", "caption", "note", "row"]),
        form=st.sampled_from(["bars", "tabs", "wide", "entries"]),
        data=st.data(),
    )
    def test_every_figure_is_in_a_row_a_cap_or_ignored(
        self, tmp_path: Path, titles: list[str], labels: list[str], unit: str, said: str, form: str, data: st.DataObject
    ) -> None:
        assume(said != "row" or form in ("bars", "tabs"))
        numbers = data.draw(
            st.lists(
                st.integers(11, 899),
                min_size=len(titles) * len(labels),
                max_size=len(titles) * len(labels),
                unique=True,
            )
        )
        cells = iter([data.draw(self.FORMS).format(number) for number in numbers])
        heads = [f"{title}（{unit}）" for title in titles] if said == "titles" else titles
        rows = [["项目类别", *heads], *([label, *(next(cells) for _ in titles)] for label in labels)]
        if said == "row":
            rows.insert(1, ["", *([unit] * len(titles))])
        text = drawn(rows, form)
        text = f"奖励标准表（单位：{unit}）\n{text}" if said == "caption" else text
        text = f"{text}\n注：表中金额单位为{unit}。" if said == "note" else text
        draft = draft_of(text, tmp_path)
        assert [number for number in numbers if number * SCALES[unit] not in held(draft)] == [], text
        file = tmp_path / f"{draft.policy.id}.yaml"
        file.write_text(review_file(draft), encoding="utf-8")
        load_rules(tmp_path, {draft.policy.id: read_document(draft.policy, tmp_path / "policy.txt")})
        stated = {number * SCALES[unit] for number in numbers}
        assert {rule.yuan for rule in draft.rules} <= {None, *stated}, text


@pytest.mark.parametrize("form", ["bars", "tabs", "wide", "entries"])
class TestTables:
    def test_columns_of_no_payments_leave_their_amounts(self, form: str, tmp_path: Path) -> None:
        rows = [["级别", "投资额（万元）", "奖励（万元）"], ["国际标准", "600", "20"], ["国家标准", "300", "10"]]
        draft = draft_of(drawn(rows, form), tmp_path)
        assert [rule.yuan for rule in draft.rules] == [200_000, 100_000]
        assert [(entry.yuan, entry.reason) for entry in draft.ignored] == [(6_000_000, "other"), (3_000_000, "other")]

    def test_totals_leave_their_amounts(self, form: str, tmp_path: Path) -> None:
        rows = [["级别", "奖励（万元）"], ["国际标准", "20"], ["国家标准", "10"], ["合计", "30"]]
        draft = draft_of(drawn(rows, form), tmp_path)
        assert [rule.yuan for rule in draft.rules] == [200_000, 100_000]
        assert [(entry.yuan, entry.reason) for entry in draft.ignored] == [(300_000, "pot")]

    def test_numbers_without_a_unit_are_refused(self, form: str, tmp_path: Path) -> None:
        rows = [["级别", "主导", "参与", "名额"], ["国际标准", "20", "8", "3"], ["国家标准", "10", "4", "5"]]
        draft = draft_of(drawn(rows, form), tmp_path)
        assert [(rule.level, rule.role, rule.yuan) for rule in draft.rules] == [
            ("international", "lead", None),
            ("international", "participate", None),
            ("national", "lead", None),
            ("national", "participate", None),
        ]
        assert all("unit" in (rule.needs_review or "") for rule in draft.rules)

    def test_a_unit_that_no_amount_is_said_in_is_refused(self, form: str, tmp_path: Path) -> None:
        rows = [["级别", "奖励（千元）"], ["国际标准", "600"], ["国家标准", "300"]]
        draft = draft_of(drawn(rows, form), tmp_path)
        assert [(rule.level, rule.yuan) for rule in draft.rules] == [("international", None), ("national", None)]
        assert [entry.yuan for entry in draft.ignored] == [600_000, 300_000]

    def test_a_ceiling_in_front_of_the_amount_holds_for_its_row(self, form: str, tmp_path: Path) -> None:
        rows = [["级别", "最高限额（万元）", "奖励（万元）"], ["国际标准", "100", "20"], ["国家标准", "50", "10"]]
        draft = draft_of(drawn(rows, form), tmp_path)
        assert [(rule.yuan, [cap.yuan for cap in rule.cap]) for rule in draft.rules] == [
            (200_000, [1_000_000]),
            (100_000, [500_000]),
        ]

    def test_other_money_is_none(self, form: str, tmp_path: Path) -> None:
        rows = [["级别", "奖励（万美元）"], ["国际标准", "60"], ["国家标准", "30"]]
        draft = draft_of("其他各表单位：万元\n" + drawn(rows, form), tmp_path)
        assert {rule.yuan for rule in draft.rules} <= {None}


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("奖项\n奖励（万元）\n卓越奖\n20\n先锋奖\n10", [20, 10]),
        ("级别 奖励（万元） 备注：见后\n国际标准 一等奖20、二等奖10\n国家标准 5", [20, 10, 5]),
        ("资金安排表（万元）\n年度：2024年；安排：500；其中：标准奖励：200。", [500, 200]),
        ("单位：万元\n国际标准；20；15。\n国家标准；10；5。", [20, 15, 10, 5]),
    ],
)
def test_rows_of_no_table_are_refused(text: str, amounts: list[int], tmp_path: Path) -> None:
    draft = draft_of(text, tmp_path)
    assert {rule.yuan for rule in draft.rules} <= {None}
    assert [entry.yuan for entry in draft.ignored] == [amount * 10_000 for amount in amounts]


def test_a_sentence_ends_what_a_unit_is_said_for(tmp_path: Path) -> None:
    draft = draft_of("奖项\n奖励（万元）\n卓越奖\n20\n申报时间如下。\n甲科 23 24", tmp_path)
    assert [entry.yuan for entry in draft.ignored] == [200_000]


def test_two_columns_that_single_blanks_part_are_a_table(tmp_path: Path) -> None:
    draft = draft_of("级别 奖励（万元）\n国际标准 20\n国家标准 10\n合计 30", tmp_path)
    assert [(rule.level, rule.yuan) for rule in draft.rules] == [("international", 200_000), ("national", 100_000)]
    assert [(entry.yuan, entry.reason) for entry in draft.ignored] == [(300_000, "pot")]


def test_numbers_above_which_no_heading_stands_are_refused(tmp_path: Path) -> None:
    text = "奖励标准表（单位：万元）\n| 国际标准 | 60 | 20 |\n| 国家标准 | 30 | 10 |"
    draft = draft_of(text, tmp_path)
    assert {rule.yuan for rule in draft.rules} <= {None}
    assert sorted(entry.yuan for entry in draft.ignored) == [100_000, 200_000, 300_000, 600_000]
