"""Short policies in the styles that offices write, each with the rows that a person reads in it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from knowledge.drafting.review import review_file
from knowledge.quantities import find_quantities
from knowledge.rules import audit_money, load_rules


def _cases_module() -> ModuleType:
    """`cases.py` beside this file; tests are no package."""
    path = Path(__file__).with_name("cases.py")
    spec = importlib.util.spec_from_file_location("drafting_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["drafting_cases"] = module
    spec.loader.exec_module(module)
    return module


drafting = _cases_module()
CASES = drafting.cases()


def test_there_are_policies_enough() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
class TestPolicy:
    def test_rows(self, case: object) -> None:
        score = drafting.compare(case.draft(), case.rows)
        assert (score.missing, score.extra) == ((), ())

    def test_decoys_are_ignored(self, case: object) -> None:
        draft = case.draft()
        ignored = [entry.yuan for entry in draft.ignored]
        assert [yuan for yuan in case.ignored if yuan not in ignored] == []

    def test_every_amount_is_accounted_for_where_it_stands(self, case: object) -> None:
        document, draft = case.document(), case.draft()
        for quantity in find_quantities(document.text):
            if quantity.kind != "money" or quantity.unit != "CNY":
                continue
            held = {
                yuan
                for rule in draft.rules
                if rule.start <= quantity.start and quantity.end <= rule.end
                for yuan in (rule.yuan, rule.yuan_min)
            }
            held |= {entry.yuan for entry in draft.ignored if quantity.text in entry.quote}
            assert int(quantity.value) in held, quantity

    def test_quotes_are_literal(self, case: object) -> None:
        document, draft = case.document(), case.draft()
        clauses = {clause.clause_id: clause for clause in document.clauses}
        for rule in draft.rules:
            assert rule.quote == document.text[rule.start : rule.end]
            clause = clauses[rule.clause_id]
            assert clause.start <= rule.start < rule.end <= clause.end
        assert all(entry.quote in document.text for entry in draft.ignored)
        assert all(cap.quote in document.text for rule in draft.rules for cap in rule.cap)

    def test_the_review_file_loads_as_it_is(self, case: object, tmp_path: Path) -> None:
        document, draft = case.document(), case.draft()
        policy_id = document.policy.id
        (tmp_path / f"{policy_id}.yaml").write_text(review_file(draft), encoding="utf-8")
        book = load_rules(tmp_path, {policy_id: document})
        stated = [rule for rule in draft.rules if rule.yuan is not None or rule.ratio is not None]
        loaded = [rule for rule in book.for_policy(policy_id) if rule.yuan is not None or rule.ratio is not None]
        assert sorted(str(rule.yuan) for rule in loaded) == sorted(str(rule.yuan) for rule in stated)
        assert len(loaded) == len(stated)
        assert not any(rule.reviewed for rule in book.all)
        assert audit_money([document], book) == []


def test_the_rows_taken_together() -> None:
    scores = [drafting.compare(case.draft(), case.rows) for case in CASES]
    assert [row for score in scores for row in score.wrong] == []
