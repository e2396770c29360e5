"""How small a change of the known answers the gate sees, and how often it cries wolf.

Plants losses at random in the baseline's results and judges them. Nothing is asked: a minute on one core.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from eval.baseline import BASELINE
from eval.compare import compare
from eval.gate import gate, measured
from eval.snapshot import Result, Snapshot, read_snapshot

_TRIALS = 100
_LOST = (3, 5, 8, 10, 12, 15, 20, 30)
# Shares of facts that turn over by chance, half of them for the better.
_TURNED = (0.02, 0.05, 0.1)


def main() -> None:
    """Print both tables."""
    # Without its clauses, which are the same on both sides: aligning them takes most of the time.
    baseline = read_snapshot(BASELINE).model_copy(update={"clauses": ()})
    plain = baseline.model_copy(update={"results": tuple(_unmarked(result) for result in baseline.results)})
    chance = random.Random(1)
    lost = Table("facts lost", "blocked by an average", "blocked at all")
    for count in _LOST:
        average = _share(lambda n=count: _dropped(plain, _loses(plain, chance, n)))  # type: ignore[misc]
        named = _share(lambda n=count: not gate(compare(baseline, _loses(baseline, chance, n)), known=True).passed)  # type: ignore[misc]
        lost.add_row(str(count), *(f"{share:.0%}" for share in (average, named)))
    turned = Table("facts turned over", "blocked by an average")
    for share in _TURNED:
        turned.add_row(f"{share:.0%}", f"{_share(lambda s=share: _dropped(plain, _turns(plain, chance, s))):.0%}")  # type: ignore[misc]
    console = Console()
    console.print(
        f"{len(baseline.results)} cases, {len(measured(compare(plain, plain)))} groups, {_TRIALS} trials each"
    )
    console.print(lost)
    console.print(turned)


def _unmarked(result: Result) -> Result:
    """Only averages can block such a result."""
    return result.model_copy(update={"critical": False, "must_refuse": False, "contract_faults": ()})


def _share(happens: Callable[[], bool]) -> float:
    return sum(happens() for _ in range(_TRIALS)) / _TRIALS


def _dropped(base: Snapshot, new: Snapshot) -> bool:
    return not gate(compare(base, new)).passed


def _loses(base: Snapshot, chance: random.Random, count: int) -> Snapshot:
    """So many facts, right in all their paraphrases, go wrong in all of them."""
    return _turned(base, set(chance.sample(_facts(base, right=True), count)))


def _turns(base: Snapshot, chance: random.Random, share: float) -> Snapshot:
    """Such a share of the facts turns over, as many for the better as for the worse."""
    right, wrong = _facts(base, right=True), _facts(base, right=False)
    count = min(round(share * (len(right) + len(wrong)) / 2), len(wrong))
    return _turned(base, {*chance.sample(wrong, count), *chance.sample(right, count)})


def _facts(base: Snapshot, *, right: bool) -> list[str]:
    """The facts of which every paraphrase is right, or every one wrong."""
    others = {result.fact_id for result in base.results if result.right != right}
    return sorted({result.fact_id for result in base.results} - others)


def _turned(base: Snapshot, facts: set[str]) -> Snapshot:
    def turn(results: Sequence[Result]) -> list[Result]:
        rows = []
        for result in results:
            if result.fact_id in facts:
                faults = ("planted",) if result.right else ()
                result = result.model_copy(update={"case_faults": faults, "contract_faults": (), "answer": "planted"})
            rows.append(result)
        return rows

    return base.model_copy(update={"results": tuple(turn(base.results)), "release": "planted"})


if __name__ == "__main__":
    main()
