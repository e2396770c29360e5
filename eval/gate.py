"""The gate: whether the differences between two runs let the new one pass, and if not, why and what to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from eval.compare import CaseChange, Comparison, Verdict
from eval.snapshot import Result
from eval.statistics import exact_mcnemar, holm, least_significant
from knowledge.model import Frozen

Cause = Literal["broken", "unmet", "stale", "flaky", "removed", "contract", "refusal", "drop", "invariant"]

# What each cause means, and what a person can do about it.
REMEDIES: Mapping[Cause, str] = {
    "broken": "a critical answer that was right is wrong now: look at the stage and the change named beside it",
    "unmet": "a critical case whose evidence only the new release holds is not answered as it expects: "
    "see whether the case or the new rule is right",
    "stale": "the evidence of a known answer was edited or taken out. If that was meant (new amounts, another text): read "
    "the new words, then put them into the case's `gold` and `values` in eval/cases and compare again. That confirms the "
    "answer. To go ahead without, publish with `--override REASON`, or move the baseline with `eval bless --reason`",
    "flaky": "a critical answer differs between runs of one release, so nobody can rely on it",
    "removed": "a critical case is no longer asked. If that was meant, move the baseline with `eval bless --reason`; "
    "if only a part of the set was run, say so with `--partial`",
    "contract": "an answer breaks what holds for any answer: markers, literal quotes, sources of numbers, arithmetic",
    "refusal": "a question that must be refused is answered",
    "drop": "more known answers were lost than chance explains",
    "invariant": "the release breaks an invariant of `python -m knowledge check`",
}


# Verdicts of cases that both runs could judge.
_JUDGED: frozenset[Verdict] = frozenset({"fixed", "broken", "still failing", "still right"})
_Pair: TypeAlias = tuple[Result, Result]


class GateSettings(BaseSettings):
    """When a drop of an average blocks. Read from the environment with the prefix `BZT_`."""

    model_config = SettingsConfigDict(env_prefix="BZT_", extra="ignore")

    gate_tolerance: float = Field(
        default=0.01, ge=0, le=1, description="A fall of the share of right facts up to this much never blocks."
    )
    # Measurement of both: docs/decisions/0009-gate.md.
    gate_alpha: float = Field(
        default=0.05, gt=0, lt=1, description="The level of significance of a drop, over all groups together."
    )


class Block(Frozen):
    """One reason not to pass.

    Attributes:
        case: null for what is not about one case.
        inherited: the base has the same fault.
    """

    cause: Cause
    case: str | None = None
    text: str
    inherited: bool = False


class Group(Frozen):
    """The facts of one group in both runs. A fact is as right as the share of its paraphrases that are.

    Attributes:
        facts: those whose cases could be judged in both runs.
        base, new: the mean share of right answers.
        worse, better: facts that went down, and up.
        p: of the exact McNemar test; `adjusted`: corrected for all the groups looked at.
    """

    name: str
    facts: int
    base: float
    new: float
    worse: int
    better: int
    p: float
    adjusted: float = 1.0


class Gate(Frozen):
    """Whether a run may pass, and why not.

    Attributes:
        let_through: known faults that would block otherwise.
        caveat: what so few cases cannot show.
    """

    passed: bool
    blocks: tuple[Block, ...] = ()
    let_through: tuple[Block, ...] = ()
    groups: tuple[Group, ...] = ()
    caveat: str = ""


def gate(
    comparison: Comparison,
    settings: GateSettings | None = None,
    *,
    partial: bool = False,
    known: bool = False,
    broken: Sequence[str] = (),
) -> Gate:
    """Judge a comparison.

    Args:
        comparison: of what was and what would be.
        settings: tolerance and level of significance.
        partial: the new run asked a part of the cases on purpose, so that none counts as removed.
        known: what is wrong with any answer, and questions answered that must be refused, are let through where the
            base has the same: for a base that was accepted with them, or that answers now and has them anyway.
        broken: invariants that the new release breaks, a sentence each.
    """
    settings = settings or GateSettings()
    groups = measured(comparison)
    blocks = [Block(cause="invariant", text=fault) for fault in broken]
    for change in comparison.cases:
        blocks += _case_blocks(change, partial=partial)
    blocks += [_drop(group, settings) for group in groups if _dropped(group, settings)]
    let_through = tuple(block for block in blocks if known and block.inherited)
    blocks = [block for block in blocks if block not in let_through]
    return Gate(
        passed=not blocks,
        blocks=tuple(blocks),
        let_through=let_through,
        groups=groups,
        caveat=_caveat(groups, settings),
    )


def measured(comparison: Comparison) -> tuple[Group, ...]:
    """All facts, and those by kind, language and policy, with p-values corrected for looking at all of them."""
    members: dict[str, list[_Pair]] = defaultdict(list)
    for change in comparison.cases:
        base, new = change.base, change.new
        if base is None or new is None or base.stale or change.verdict not in _JUDGED:
            continue
        for name in _groups_of(new):
            members[name].append((base, new))
    groups = [_group(name, members[name]) for name in sorted(members)]
    adjusted = holm([group.p for group in groups])
    return tuple(group.model_copy(update={"adjusted": p}) for group, p in zip(groups, adjusted, strict=True))


def _case_blocks(change: CaseChange, *, partial: bool) -> Iterator[Block]:
    base, new = change.base, change.new
    if new is not None and new.contract_faults:
        had = base is not None and {*new.contract_faults} <= {*base.contract_faults}
        yield _block("contract", change, "; ".join(new.contract_faults), inherited=had)
    if new is not None and new.must_refuse and new.status == "answered":
        had = base is not None and base.status == "answered"
        yield _block("refusal", change, "answered, and must be refused", inherited=had)
    if change.verdict == "stale" and new is not None and not (base and base.stale):
        # What cannot be judged enters no average, so a plain case blocks here too if its answer was lost with its text.
        if change.critical or (base is not None and base.right and not new.right):
            yield _block("stale", change, f"the text is gone: {' / '.join(new.gone)!r}; {_outcome(new)}")
        return
    if not change.critical:
        return
    match change.verdict:
        case "broken" if new is not None:
            yield _block("broken", change, "; ".join(new.faults))
        case "new" if new is not None and base is not None and base.stale:
            yield _block("unmet", change, "; ".join(new.faults))
        case "flaky":
            yield _block("flaky", change, "; ".join(change.notes[:1]))
        case "removed" if not partial:
            yield _block("removed", change, "not asked any more")


def _outcome(new: Result) -> str:
    if new.right:
        return "its answer is still as the case expects"
    return f"its answer now: {'; '.join(new.faults)}"


def _block(cause: Cause, change: CaseChange, text: str, *, inherited: bool = False) -> Block:
    return Block(
        cause=cause, case=change.id, text=text + (" (as in the base)" if inherited else ""), inherited=inherited
    )


def _groups_of(result: Result) -> Iterator[str]:
    yield "all"
    yield f"kind {result.kind}"
    yield f"language {result.language}"
    yield from (f"policy {policy}" for policy in result.policies)


def _group(name: str, pairs: Sequence[_Pair]) -> Group:
    facts: dict[str, list[_Pair]] = defaultdict(list)
    for base, new in pairs:
        facts[new.fact_id].append((base, new))
    shares = [
        (_mean([base.right for base, _ in rows]), _mean([new.right for _, new in rows])) for rows in facts.values()
    ]
    worse, better = sum(now < old for old, now in shares), sum(now > old for old, now in shares)
    return Group(
        name=name,
        facts=len(shares),
        base=_mean([old for old, _ in shares]),
        new=_mean([now for _, now in shares]),
        worse=worse,
        better=better,
        p=exact_mcnemar(worse, better),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _dropped(group: Group, settings: GateSettings) -> bool:
    return group.base - group.new > settings.gate_tolerance and group.adjusted <= settings.gate_alpha


def _drop(group: Group, settings: GateSettings) -> Block:
    return Block(
        cause="drop",
        text=f"{group.name}: {group.base:.3f} → {group.new:.3f} of {group.facts} facts ({group.worse} worse, {group.better} "
        f"better; exact McNemar p = {group.p:.2g}, {group.adjusted:.2g} over all groups; tolerance "
        f"{settings.gate_tolerance:g}, level {settings.gate_alpha:g})",
    )


def _caveat(groups: Sequence[Group], settings: GateSettings) -> str:
    if not groups:
        return "No case could be judged in both runs, so nothing is known of averages."
    count, alpha = len(groups), settings.gate_alpha
    least, alone = least_significant(count, alpha), least_significant(1, alpha)
    unable = sum(group.facts < least for group in groups)
    small = f" {unable} of the groups have fewer facts than that and can show no drop at all." if unable else ""
    return (
        f"Averages: with {count} groups looked at, fewer than {least} facts that changed can never be significant at "
        f"{alpha:g}, not even if all of them got worse ({alone} for one group alone).{small} "
        "No significant drop is not the same as no drop: read the broken cases."
    )
