"""The proofs of a release find what they are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from knowledge.checks import MAX_CLAUSE, check, cover_faults, overlap_faults
from knowledge.model import Clause, Document, DroppedSpan, Policy, Span
from knowledge.releases import Release


@pytest.fixture
def document(small_release: Release) -> Document:
    return small_release.documents["ningbo-2020"]


def with_first(document: Document, **changes: Any) -> Document:
    """The document with its first clause changed."""
    first, *rest = document.clauses
    return document.model_copy(update={"clauses": (first.model_copy(update=changes), *rest)})


def with_document(release: Release, document: Document) -> Release:
    return replace(release, documents={**release.documents, document.policy.id: document})


@pytest.mark.parametrize("name", ["small_release", "release"])
def test_a_good_release_keeps_every_invariant(request: pytest.FixtureRequest, name: str) -> None:
    found = check(request.getfixturevalue(name))
    assert len(found) == 5
    assert [invariant[0] for invariant in found] == ["1", "2", "3", "4", "5"]
    assert not any(found.values()), found


def test_a_document_in_order_has_no_faults(document: Document) -> None:
    assert list(overlap_faults(document)) == []
    assert list(cover_faults(document)) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: with_first(d, spans=(Span(0, len(d.text) + 1),)), "outside the text"),
        (lambda d: with_first(d, spans=(Span(5, 5),)), "outside the text"),
        (lambda d: with_first(d, spans=(Span(0, d.clauses[0].end + 3),)), "overlaps"),
        (lambda d: with_first(d, text="另一句话"), "spans joined"),
        (lambda d: with_first(d, sentences=(Span(d.clauses[0].end, d.clauses[0].end + 2),)), "outside the clause"),
        (
            lambda d: d.model_copy(update={"dropped": (*d.dropped, DroppedSpan(start=3, end=6, reason="blank"))}),
            "overlaps",
        ),
    ],
)
def test_spans_that_overlap_or_lie_outside_are_found(
    document: Document, change: Callable[[Document], Document], says: str
) -> None:
    faults = list(overlap_faults(change(document)))
    assert any(says in fault for fault in faults), faults
    assert all(document.policy.id in fault for fault in faults)


def test_a_clause_that_is_too_long_is_found() -> None:
    def of(length: int) -> Document:
        text = "字" * length
        clause = Clause(clause_id="p/1", policy_id="p", path=(), spans=(Span(0, length),), text=text, sentences=())
        policy = Policy(id="p", title="办法", source="p.txt", sha256="0")
        return Document(policy=policy, text=text, clauses=(clause,), dropped=())

    assert list(overlap_faults(of(MAX_CLAUSE))) == []
    assert len(list(overlap_faults(of(MAX_CLAUSE + 1)))) == 1


def test_characters_that_nobody_accounts_for_are_found(document: Document) -> None:
    first = document.clauses[0]
    missing = document.model_copy(update={"clauses": document.clauses[1:]})
    (fault,) = cover_faults(missing)
    assert f"0–{first.end}" in fault
    last = document.model_copy(update={"clauses": document.clauses[:-1]})
    assert len(list(cover_faults(last))) == 1


def test_a_rule_whose_quote_is_gone_is_found(small_release: Release) -> None:
    document = small_release.documents["ningbo-2016"]
    other = document.model_copy(update={"text": document.text.replace("30万元", "31万元")})
    faults = check(with_document(small_release, other))["3 every rule's quote and amount stand in its clause"]
    assert any("ningbo-2016.drafting" in fault for fault in faults)


def test_money_that_no_rule_and_no_reason_accounts_for_is_found(small_release: Release) -> None:
    document = small_release.documents["ningbo-2020"]
    clauses = tuple(
        clause.model_copy(update={"text": clause.text.replace("800万元", "800万元,另奖励50万元")})
        for clause in document.clauses
    )
    found = check(with_document(small_release, document.model_copy(update={"clauses": clauses})))
    faults = found["4 every amount of money is in a rule or ignored with a reason"]
    assert any("50万元" in fault or "500000" in fault for fault in faults), found


def test_an_index_that_does_not_fit_the_clauses_is_found(small_release: Release) -> None:
    clauses = dict(small_release.clauses)
    gone = clauses.pop("ningbo-2016/5")
    found = check(replace(small_release, clauses=clauses))
    faults = found["5 the indexes hold exactly the clauses of the release"]
    assert len(faults) == 2
    assert all("ningbo-2016/5" in fault for fault in faults)
    found = check(replace(small_release, clauses={**small_release.clauses, "new/1": gone}))
    assert all("new/1" in fault for fault in found["5 the indexes hold exactly the clauses of the release"])
