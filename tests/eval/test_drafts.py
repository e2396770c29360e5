"""Draft cases: filled in from what was answered, and no case before a person confirmed them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, CitedPolicy, Provenance, RewardRow
from eval import drafts
from eval.dataset import load_cases
from eval.drafts import confirm, discard, make_draft, waiting
from knowledge.errors import DataFileError, UsageError

TEXT = "对主导制定行业标准的企业,给予12万元的奖励。到2018年,新增国家标准40项。"
TEXTS = {"ningbo-2016": TEXT}
QUESTION = "宁波主导制定行业标准奖多少?"


def answer_of(**more: object) -> Answer:
    sentence = TEXT[: TEXT.index("。") + 1]
    citation = Citation(
        n=1,
        policy_id="ningbo-2016",
        policy=CitedPolicy(title="办法"),
        clause_id="ningbo-2016/1",
        clause_path=[],
        quote=sentence,
        start=0,
        end=len(sentence),
    )
    row = RewardRow(
        rule_id="r", label="行业标准", status="exact", bound="exact", yuan=120000, count=1, total_yuan=120000
    )
    fields: dict[str, object] = {
        "status": "answered",
        "language": "zh",
        "answer": "每项 **12万元**。[1]",
        "citations": [citation],
        "rewards": [row],
        "total_yuan": 120000,
        "warnings": ["validity_unknown"],
        "provenance": Provenance(release="r1"),
    }
    return Answer.model_validate(fields | more)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "facts.yaml").write_text(
        "kind: fact\nfacts:\n  - fact: goal\n    policy: ningbo-2016\n    status: [answered]\n"
        "    values: [{number: 40, unit: 项}]\n    gold: 新增国家标准40项\n    asked: {zh: 宁波要新增多少项国家标准?}\n",
        encoding="utf-8",
    )
    return folder


def test_a_right_answer_fills_its_draft_in(tmp_path: Path, cases: Path) -> None:
    draft = make_draft(tmp_path, answer_of(), QUESTION, by="wang", note="核对过")
    assert not draft.is_open
    case = confirm(tmp_path, draft.draft_id, cases, TEXTS, by="li", fact="ningbo-industry")
    assert (case.fact_id, case.kind, case.question, case.total_yuan) == (
        "ningbo-industry", "reward", QUESTION, 120000,
    )  # fmt: skip
    assert [(value.yuan, value.bound) for value in case.values] == [(120000, "exact")]
    assert [evidence.text for evidence in case.gold.all_of] == [TEXT[: TEXT.index("。") + 1]]
    assert case.warnings == ("validity_unknown",)
    assert len(load_cases(cases)) == 2
    assert waiting(tmp_path) == []
    assert "confirmed by li" in (cases / "from-use-reward.yaml").read_text(encoding="utf-8")


def test_a_second_case_of_a_kind_joins_the_first(tmp_path: Path, cases: Path) -> None:
    for number, question in enumerate((QUESTION, "宁波行标补多少钱?")):
        draft = make_draft(tmp_path, answer_of(), question)
        confirm(tmp_path, draft.draft_id, cases, TEXTS, by="li", fact=f"f-{number}")
    assert {case.fact_id for case in load_cases(cases)} == {"goal", "f-0", "f-1"}


def test_a_flagged_answer_expects_nothing_until_a_person_says_what(tmp_path: Path, cases: Path) -> None:
    draft = make_draft(tmp_path, answer_of(), QUESTION, origin="flagged", note="amount: 应为20万")
    assert draft.is_open
    content = yaml.safe_load(draft.path.read_text(encoding="utf-8"))["facts"][0]
    assert "values" not in content
    assert "总额" not in content
    with pytest.raises(UsageError, match="TODO is left"):
        confirm(tmp_path, draft.draft_id, cases, TEXTS, by="li")
    draft.path.write_text(draft.path.read_text(encoding="utf-8").replace("- TODO", "- 20万元"), encoding="utf-8")
    assert confirm(tmp_path, draft.draft_id, cases, TEXTS, by="li").must == (("20万元",),)


def test_the_figures_of_a_corrected_reply_are_taken_over(tmp_path: Path) -> None:
    draft = make_draft(
        tmp_path,
        answer_of(),
        QUESTION,
        origin="reply",
        correction="贵公司可获最高不超过15万元,按50%的比例先行拨付,共3家。",
    )
    content = yaml.safe_load(draft.path.read_text(encoding="utf-8"))["facts"][0]
    assert content["values"] == [{"yuan": 150000, "bound": "up_to"}, {"percent": 50.0, "bound": "exact"}]
    assert draft.is_open


def test_dialogue_and_facts_are_kept(tmp_path: Path) -> None:
    draft = make_draft(tmp_path, answer_of(), "那两项呢?", history=[QUESTION], facts={"location": "county"})
    (case,) = load_cases(draft.path)
    assert (case.kind, case.history, dict(case.facts)) == ("dialogue", (QUESTION,), {"location": "county"})


def edit(change: Callable[[str], str], draft: drafts.Draft) -> None:
    draft.path.write_text(change(draft.path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda text: text.replace("给予12万元", "给予13万元"), UsageError, "not literally in ningbo-2016"),
        (lambda text: text.replace("status:", "statu:"), DataFileError, "statu"),
        (lambda text: text.replace(QUESTION, "宁波要新增多少项国家标准?"), UsageError, "asks the same"),
    ],
)  # fmt: skip
def test_a_wrong_draft_is_refused_and_changes_nothing(
    tmp_path: Path, cases: Path, change: Callable[[str], str], error: type[Exception], said: str
) -> None:
    draft = make_draft(tmp_path, answer_of(), QUESTION)
    edit(change, draft)
    before = sorted(path.name for path in cases.iterdir())
    with pytest.raises(error, match=said):
        confirm(tmp_path, draft.draft_id, cases, TEXTS, by="li")
    assert sorted(path.name for path in cases.iterdir()) == before
    assert draft.path.is_file()


@pytest.mark.parametrize(
    ("options", "said"),
    [({"by": " "}, "who confirms"), ({"by": "li", "kind": "x"}, "a kind of case"), ({"by": "li", "fact": "A b"}, "hyphens")],
)  # fmt: skip
def test_wrong_options_are_told(tmp_path: Path, cases: Path, options: dict[str, str], said: str) -> None:
    draft = make_draft(tmp_path, answer_of(), QUESTION)
    with pytest.raises(UsageError, match=said):
        confirm(tmp_path, draft.draft_id, cases, TEXTS, **options)  # type: ignore[arg-type]


def test_ids_that_are_none_reach_no_file(tmp_path: Path) -> None:
    make_draft(tmp_path, answer_of(), QUESTION)
    for name in ("../x", "", "20260101-00000000"):
        with pytest.raises(UsageError, match="id of a waiting draft"):
            discard(tmp_path, name)
    discard(tmp_path, waiting(tmp_path)[0].draft_id)
    assert waiting(tmp_path) == []


def test_drafts_cannot_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_WAITING", 2)
    for question in ("a?", "b?"):
        make_draft(tmp_path, answer_of(), question)
    with pytest.raises(UsageError, match="waiting already"):
        make_draft(tmp_path, answer_of(), "c?")


@given(question=st.text(min_size=1).filter(str.strip), note=st.text())
@example(question="0\x85", note="a\u2028b")
@example(question="a\u2028 b\r c\x85d", note="")
def test_whatever_is_typed_stays_a_question_and_a_comment(
    tmp_path_factory: pytest.TempPathFactory, question: str, note: str
) -> None:
    folder = tmp_path_factory.mktemp("drafts")
    typed = question.encode("utf-8", "replace").decode()
    draft = make_draft(folder, answer_of(), typed, note=note.encode("utf-8", "replace").decode())
    content = yaml.safe_load(draft.path.read_text(encoding="utf-8"))
    assert list(content) == ["kind", "facts"]
    assert content["facts"][0]["asked"]["zh"]["question"] == typed
