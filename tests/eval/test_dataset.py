from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.dataset import (
    Case,
    RuleRef,
    check_gold,
    figure_sentences,
    fingerprint,
    load_cases,
    misquoted,
    repeated,
    split_of,
    torn,
    uncovered_figures,
    uncovered_rules,
    unmarked,
)
from knowledge.errors import DataFileError
from knowledge.rules import load_rules

ROOT = Path(__file__).parents[2]
CASES = ROOT / "eval" / "cases"
SOURCES = {
    "gdd-2009-draft": "000_d118c39a4e75bc02.txt",
    "yangzhou-2011": "001_b8e2928b2c2566d5.txt",
    "guangzhou-2013": "002_931afea8bd1171df.txt",
    "guangdong-2010": "003_c47cffe75bcd32eb.txt",
    "guangdong-2018": "004_46ba2f17f41e4864.txt",
}
AMOUNT = "市财政给予20万元的资助。"
TEXTS = {"a-2020": f"一、奖励\n1、主导制定国家标准的,{AMOUNT}\n2、到2025年,建设4K示范点30个。"}

FILE = """\
kind: reward
defaults: {policy: a-2020, status: answered}
facts:
  - fact: national
    values: [{yuan: 200000}]
    must: ["@money", [资助, grant]]
    gold: 市财政给予20万元
    asked:
      zh: 国家标准资助多少？
      en-short: {question: National standard grant, status: [answered, partial], critical: true}
"""


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {policy: (ROOT / "knowledge" / "sources" / name).read_bytes().decode() for policy, name in SOURCES.items()}


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return load_cases(CASES)


def write(folder: Path, text: str, name: str = "rewards.yaml") -> Path:
    (folder / "phrases.yaml").write_text("money: [万元, yuan]\n", encoding="utf-8")
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def load_one(folder: Path, text: str = FILE) -> list[Case]:
    return load_cases(write(folder, text))


def test_layers_fill_each_other(tmp_path: Path) -> None:
    zh, en = load_one(tmp_path)
    assert (zh.id, zh.fact_id, zh.language, zh.kind) == ("national/zh", "national", "zh", "reward")
    assert zh.status == ("answered",)
    assert zh.must == (("万元", "yuan"), ("资助", "grant"))
    assert zh.gold.all_of[0].policy == "a-2020"
    assert not zh.critical
    assert (en.language, en.status, en.critical) == ("en", ("answered", "partial"), True)
    assert en.values[0].yuan == 200000
    assert en.split == zh.split == split_of("national")


def test_a_fact_can_be_asked_for_again_in_another_file(tmp_path: Path) -> None:
    write(tmp_path, FILE)
    asked = "    asked:\n      zh-then: {question: 国标呢, history: [你好]}\n"
    again = f"kind: dialogue\nfacts:\n  - same_as: national\n{asked}"
    write(tmp_path, again, "dialogues.yaml")
    case = next(case for case in load_cases(tmp_path) if case.id == "national/zh-then")
    assert (case.kind, case.fact_id, case.history) == ("dialogue", "national", ("你好",))
    assert case.values[0].yuan == 200000
    assert case.status == ("answered",)


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ("    must: ", "    musst: ", 6, "musst"),
        ("status: answered}", "status: answerd}", 2, "status"),
        ("{yuan: 200000}", "{yuan: 200000, percent: 5}", 5, "exactly one of"),
        ("{yuan: 200000}", "{yuan: a lot}", 5, "values"),
        ("{yuan: 200000}", "{yuan: 200000, unit: 家}", 5, "`unit` goes with `number`"),
        ('"@money"', '"@moeny"', 9, "moeny"),
        ("    gold: 市", "    must_refuse: true\n    gold: 市", 10, "must_refuse"),
        ("      zh: ", "      chinese: ", 9, "expected a tag"),
        ("      en-short: ", "      zh: ", 10, "once"),
        ("fact: national", "fact: National!", 4, "hyphens"),
        ("fact: national", "fact: national\n    same_as: other", 4, "one of `fact`"),
        ("fact: national", "same_as: national", 4, "none states"),
        ("policy: a-2020, ", "", 7, "gold.all_of.0.policy"),
        ("kind: reward", "kind: rewards", None, "kind"),
        ("kind: reward", "kinds: reward", 1, "unknown key"),
        ("facts:", "facts: {", None, "expected YAML"),
    ],
)
def test_a_wrong_file_is_named_with_line_and_key(
    tmp_path: Path, wrong: str, right: str, line: int | None, says: str
) -> None:
    assert wrong in FILE
    with pytest.raises(DataFileError, match=r"rewards\.yaml") as caught:
        load_one(tmp_path, FILE.replace(wrong, right, 1))
    assert says in str(caught.value)
    if line is not None:
        assert caught.value.line == line


def test_nothing_to_load_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="found none"):
        load_cases(tmp_path)
    with pytest.raises(DataFileError, match="found nothing"):
        load_cases(tmp_path / "missing.yaml")


@pytest.mark.parametrize("text", ["", "[a, b]", "kind: reward", "kind: reward\nfacts: none", "facts: [none]"])
def test_a_file_of_another_shape_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataFileError, match=r"rewards\.yaml.*expected"):
        load_one(tmp_path, text)


def test_phrases_are_lists(tmp_path: Path) -> None:
    file = write(tmp_path, FILE)
    (tmp_path / "phrases.yaml").write_text("money: yuan\n", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"phrases\.yaml, line 1, key `money`: expected a list"):
        load_cases(file)


def test_a_fact_is_stated_once(tmp_path: Path) -> None:
    write(tmp_path, FILE)
    write(tmp_path, FILE, "again.yaml")
    with pytest.raises(DataFileError, match=r"stated in again\.yaml already"):
        load_cases(tmp_path)


def test_a_tag_is_used_once_for_a_fact(tmp_path: Path) -> None:
    more = FILE + "  - same_as: national\n    asked:\n      zh: 再问一次？\n"
    with pytest.raises(DataFileError, match="'national/zh' is taken"):
        load_one(tmp_path, more)


def test_a_date_and_plain_numbers_can_be_written(tmp_path: Path) -> None:
    text = FILE.replace("[{yuan: 200000}]", "[{day: 2011-01-24}]").replace("[资助, grant]", "[2015]")
    case = load_one(tmp_path, text)[0]
    assert str(case.values[0].day) == "2011-01-24"
    assert case.must[1] == ("2015",)


def test_gold_that_is_not_literal_is_found(tmp_path: Path) -> None:
    assert misquoted(load_one(tmp_path), TEXTS) == []
    wrong = load_one(tmp_path, FILE.replace("给予20万元", "给予 20万元"))
    assert len(misquoted(wrong, TEXTS)) == 2
    assert "not literally in a-2020" in misquoted(wrong, TEXTS)[0]
    assert "no policy 'a-2020'" in misquoted(load_one(tmp_path), {})[0]


def test_a_question_asked_twice_is_found(tmp_path: Path) -> None:
    same = FILE + "      zh-again: 国家标准，资助多少\n"
    assert repeated(load_one(tmp_path)) == []
    assert repeated(load_one(tmp_path, same)) == [
        "national/zh-again: asks the same as national/zh: '国家标准，资助多少'"
    ]
    other_turns = FILE + "      zh-again: {question: 国家标准，资助多少, history: [你好]}\n"
    assert repeated(load_one(tmp_path, other_turns)) == []


def test_questions_of_signs_alone_stay_apart(tmp_path: Path) -> None:
    signs = FILE + '      zh-blank: "  "\n      zh-marks: ？？\n'
    assert repeated(load_one(tmp_path, signs)) == []


def test_a_fact_in_both_splits_is_found(tmp_path: Path) -> None:
    other = "test" if split_of("national") == "train" else "train"
    cases = load_one(tmp_path, FILE.replace("critical: true", f"split: {other}"))
    assert torn(cases) == ["national: its paraphrases are in both splits"]


def test_a_figure_without_a_case_is_found(tmp_path: Path) -> None:
    found = uncovered_figures(load_one(tmp_path), TEXTS)
    assert found == ["a-2020: no case for 2025, 30 in '2、到2025年,建设4K示范点30个。'"]
    assert uncovered_figures([], TEXTS)[0].startswith("a-2020: no case for 20 in")


def test_a_sentence_printed_twice_is_reported_once() -> None:
    assert len(uncovered_figures([], {"a": "建设30个。\n建设30个。"})) == 1


@pytest.mark.parametrize("text", ["-3-一、总则", "1.加强领导", "发展4K和5G产业", "依据GB/T19850-2004", "第二、三条"])
def test_outline_numbers_page_marks_and_names_are_no_figures(text: str) -> None:
    assert uncovered_figures([], {"a": text}) == []


def test_a_rule_without_a_case_is_found(tmp_path: Path) -> None:
    asked = RuleRef("a.national", "a-2020", AMOUNT, 200_000)
    other = RuleRef("a.industry", "a-2020", AMOUNT, 150_000)
    delegated = RuleRef("a.county", "a-2020", "由县财政实施", None)
    cases = load_one(tmp_path)
    assert uncovered_rules(cases, [asked]) == []
    assert uncovered_rules(cases, [asked, other, delegated]) == [
        "a-2020: no case for the rule a.industry",
        "a-2020: no case for the rule a.county",
    ]


@given(st.text(min_size=1))
def test_a_split_never_changes(fact: str) -> None:
    assert split_of(fact) == split_of(fact)
    assert split_of(fact) in ("train", "test")


def test_the_set_is_sound(cases: list[Case], texts: dict[str, str]) -> None:
    assert check_gold(cases, texts) == []


def test_the_set_is_large_bilingual_and_halved(cases: list[Case]) -> None:
    assert len(cases) >= 420
    english = sum(case.language == "en" for case in cases) / len(cases)
    assert 0.3 <= english <= 0.45
    train = sum(case.split == "train" for case in cases) / len(cases)
    assert 0.4 <= train <= 0.6


def test_the_set_asks_of_every_document_in_both_languages(cases: list[Case]) -> None:
    asked = {(case.language, evidence.policy) for case in cases for evidence in case.gold.texts}
    assert asked == {(language, policy) for language in ("zh", "en") for policy in SOURCES}


def test_what_must_be_refused_awards_nothing(cases: list[Case]) -> None:
    for case in cases:
        if case.must_refuse and case.kind == "unanswerable":
            assert case.no_award, case.id


def test_every_rule_has_a_case(cases: list[Case]) -> None:
    rules = load_rules(ROOT / "knowledge" / "rules").all
    assert rules
    assert (
        uncovered_rules(cases, [RuleRef(rule.rule_id, rule.policy_id, rule.quote, rule.yuan) for rule in rules]) == []
    )


def test_what_is_about_money_is_critical_in_every_paraphrase() -> None:
    def asked(case_id: str, **fields: object) -> Case:
        fact, tag = case_id.split("/")
        given = {"id": case_id, "fact_id": fact, "kind": "unanswerable", "question": "?", "language": tag[:2]}
        return Case.model_validate({**given, "status": ["abstained"], "split": "test", **fields})

    plain = asked("phone/zh", question="电话多少", no_award=True)
    off_topic = asked("joke/en", question="I pay you for a joke", no_award=True, kind="out_of_scope")
    stated = asked("amount/zh", values=[{"yuan": 5}], critical=True)
    again = asked("amount/en", values=[{"yuan": 5}])
    refused = [asked("refused/zh", question="苏州奖励几万", no_award=True), asked("refused/en", no_award=True)]
    assert unmarked([plain, off_topic, stated]) == []
    assert unmarked([stated, again, *refused]) == [
        "amount: it is about money and en not critical",
        "refused: it is about money and zh, en not critical",
    ]
    assert unmarked([asked("sum/zh", total_yuan=3)]) == ["sum: it is about money and zh not critical"]


def test_a_sentence_printed_again_is_counted_once_and_as_the_worse() -> None:
    (once,) = figure_sentences([], {"a": "建设30个。\n建设30个。"})
    assert (once.policy, once.text, once.bare) == ("a", "建设30个。", ("30",))


def test_the_same_cases_have_the_same_fingerprint(tmp_path: Path) -> None:
    cases = load_one(tmp_path)
    assert fingerprint(cases) == fingerprint(load_one(tmp_path))
    assert fingerprint(cases) != fingerprint(cases[:-1])
