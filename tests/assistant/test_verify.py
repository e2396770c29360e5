"""The last gate: what has no source is not shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import RewardRow
from assistant.draft import DraftBuilder, Evidence, cite, render
from assistant.verify import money, numbers, verify_draft
from knowledge.model import Clause, Document, Policy, Span

TEXT = "一、奖励\n对主导制定行业标准的企业给予15万元的资助。全市新增标准50项。"
FIRST, SECOND = (5, 27), (27, 37)


def document(text: str = TEXT) -> Document:
    sentences = (Span(*FIRST), Span(*SECOND))
    clause = Clause(
        clause_id="p/1", policy_id="p", path=("一、奖励",), spans=(Span(0, len(text)),), text=text, sentences=sentences
    )
    policy = Policy(id="p", title="关于标准的意见", source="p.txt", sha256="0" * 64, doc_no="测〔2011〕3号")
    return Document(policy=policy, text=text, clauses=(clause,), dropped=())


DOCUMENTS = {"p": document()}
PAY = Evidence("p", "p/1", *FIRST)
GOAL = Evidence("p", "p/1", *SECOND)


def shown(text: str, *evidence: Evidence, asked: str = "", rewards: tuple[RewardRow, ...] = ()) -> list[str]:
    builder = DraftBuilder()
    builder.add(text, *evidence)
    draft, _ = verify_draft(builder.done(), DOCUMENTS, asked=[asked], rewards=rewards)
    return [line.text for line in draft.lines]


def test_the_example_is_what_it_says() -> None:
    assert TEXT[slice(*FIRST)].endswith("资助。")
    assert TEXT[slice(*SECOND)].startswith("全市")


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("资助15万元", (PAY,)),
        ("RMB 150,000 a standard", (PAY,)),
        ("目标50项", (GOAL,)),
        ("测〔2011〕3号", (GOAL,)),
        ("没有数字的话", ()),
        ("1. 第一点", ()),
    ],
)
def test_sourced_lines_stay(text: str, evidence: tuple[Evidence, ...]) -> None:
    assert shown(text, *evidence) == [text]


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("资助20万元", (PAY,)),
        ("资助15万元", ()),
        ("资助15万元", (GOAL,)),
        ("资助50万元", (GOAL,)),  # 50 项 never vouches for 50 万元
        ("资助150万元", (PAY,)),
        ("资助1.5万元", (PAY,)),
    ],
)
def test_unsourced_lines_go(text: str, evidence: tuple[Evidence, ...]) -> None:
    assert shown(text, *evidence) == []


def test_numbers_of_the_question_may_be_said_again() -> None:
    assert shown("您说的20万元与文件不符", asked="扬州给20万元，对吗") == ["您说的20万元与文件不符"]


def test_computed_figures_may_be_said() -> None:
    row = RewardRow(rule_id="r", label="l", status="exact", yuan=150000, count=3, total_yuan=450000)
    assert shown("3 × 15万元 = 45万元", PAY, rewards=(row,)) == ["3 × 15万元 = 45万元"]
    assert shown("3 × 15万元 = 46万元", PAY, rewards=(row,)) == []


def test_evidence_outside_its_clause_is_refused() -> None:
    assert shown("资助", Evidence("p", "p/1", 5, 999)) == []
    assert shown("资助", Evidence("p", "p/2", 5, 9)) == []
    assert shown("资助", Evidence("q", "p/1", 5, 9)) == []


def test_markers_run_in_order_of_first_use_and_belong_to_what_is_left() -> None:
    builder = DraftBuilder()
    builder.add("资助99万元", GOAL)  # falls away
    builder.add("资助15万元", PAY)
    builder.add("目标50项", GOAL, PAY)
    draft, faults = verify_draft(builder.done(), DOCUMENTS, asked=[])
    text, evidence = render(draft)
    assert text == "资助15万元[1]\n目标50项[2][1]"
    assert [c.quote for c in cite(evidence, DOCUMENTS)] == [TEXT[slice(*FIRST)], TEXT[slice(*SECOND)]]
    assert [fault.line for fault in faults] == ["资助99万元"]


def test_brackets_of_a_document_are_not_taken_for_markers() -> None:
    builder = DraftBuilder()
    builder.add("见[12]所列", PAY)
    assert render(builder.done())[0] == "见［12］所列[1]"


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("15万元", {150000}),
        ("RMB 150,000", {150000}),
        ("1.5 million yuan", {1500000}),
        ("15万家企业", set()),
        ("50项", set()),
        ("15万", {150000}),
    ],
)
def test_money(text: str, amounts: set[float]) -> None:
    assert money(text) == amounts


@given(st.integers(min_value=0, max_value=10**9))
def test_a_number_is_found_however_it_is_grouped(value: int) -> None:
    assert float(value) in numbers(f"共{value:,}元")
    assert float(value) in numbers(str(value))


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert all(value >= 0 for value in numbers(text) | money(text))


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_shown_has_its_numbers_in_its_source(text: str, source: str) -> None:
    body = f"{source or '空'}。"
    clause = Clause(
        clause_id="p/1", policy_id="p", path=(), spans=(Span(0, len(body)),), text=body, sentences=(Span(0, len(body)),)
    )
    held = Document(
        policy=DOCUMENTS["p"].policy.model_copy(update={"doc_no": None}), text=body, clauses=(clause,), dropped=()
    )
    builder = DraftBuilder()
    builder.add(text, Evidence("p", "p/1", 0, len(body)))
    draft, faults = verify_draft(builder.done(), {"p": held}, asked=[])
    if draft.lines:
        extra = numbers(text) - numbers(f"{body} | {held.policy.title}")
        assert all({v * 1e4, v / 1e4} & numbers(body) or text.lstrip()[:1].isdigit() for v in extra)
    else:
        assert faults
