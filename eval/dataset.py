"""The evaluation cases: what is asked, and what a right answer must and must not hold.

A case file states each fact once and lists the ways people ask for it::

    kind: reward
    defaults: {policy: yangzhou-2011, status: [answered, partial, clarify]}
    facts:
      - fact: yz-industry-standard
        values: [{yuan: 150000}]
        gold: 市财政分别给予 60万元、20万元、15万元
        asked:
          zh: 扬州市区企业牵头的行业标准发布了，能拿多少？
          en-short: {question: How much for an industry standard in Yangzhou?, critical: true}

Every question becomes one `Case` with the id `<fact>/<tag>`; the tag starts with the language. A question's own keys
override the fact's, and those the file's defaults. `same_as: <fact>` in place of `fact:` asks for a fact that another
entry states. `@name` in `must` and `must_not` stands for a list of phrases of `phrases.yaml` in the same folder.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from pydantic import Field, ValidationError, field_validator, model_validator

from assistant.answer import AnswerStatus, Language, Warning_
from knowledge.datafile import DataFile, Location
from knowledge.errors import DataFileError
from knowledge.model import Frozen, Span

Kind = Literal[
    "reward",
    "eligibility",
    "who_pays",
    "fact",
    "list",
    "definition",
    "comparison",
    "validity",
    "metadata",
    "dialogue",
    "false_premise",
    "unanswerable",
    "out_of_scope",
    "adversarial",
    "noisy",
]
Split = Literal["train", "test"]
Bound = Literal["exact", "up_to", "at_least", "any"]

CASES = Path(__file__).parent / "cases"

_PHRASES = "phrases.yaml"
_TAG = re.compile(r"(zh|en)(-[a-z0-9]+)*")
_FACT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ENTRY_KEYS = {"fact", "same_as", "asked"}


class Value(Frozen):
    """One figure a right answer states. Exactly one of the measures is set.

    `unit` lists words of which one stands with a `number` (家, firms). `bound` says how the document puts the figure:
    `exact` plainly, `up_to` as a ceiling, `at_least` as a floor; `any` leaves it open.
    """

    yuan: int | None = None
    number: float | None = None
    percent: float | None = None
    year: int | None = None
    day: date | None = None
    unit: tuple[str, ...] = ()
    bound: Bound = "exact"

    @field_validator("unit", mode="before")
    @classmethod
    def _one_unit(cls, unit: object) -> object:
        return (unit,) if isinstance(unit, str) else unit

    @model_validator(mode="after")
    def _one_measure(self) -> Value:
        measures = [self.yuan, self.number, self.percent, self.year, self.day]
        if sum(measure is not None for measure in measures) != 1:
            raise ValueError("expected exactly one of `yuan`, `number`, `percent`, `year`, `day`")
        if self.unit and self.number is None:
            raise ValueError("`unit` goes with `number` alone; the other measures carry their own")
        return self


class Evidence(Frozen):
    """A text as a policy prints it, character for character."""

    policy: str
    text: str = Field(min_length=2)


class Gold(Frozen):
    """The evidence of an answer: one of `any_of` (alternatives), and every one of `all_of`."""

    any_of: tuple[Evidence, ...] = ()
    all_of: tuple[Evidence, ...] = ()

    @property
    def texts(self) -> tuple[Evidence, ...]:
        """Every evidence of the case, alternatives included."""
        return self.all_of + self.any_of


class Case(Frozen):
    """One question and what holds of a right answer.

    `must` is a list of groups: of each group one phrase stands in the answer. `must_not` phrases never stand in it.
    `policy` lists the policies an answer that is not an abstention cites, each of them. `no_award` says that no reward
    may be granted or summed up; `warnings` are among the answer's; `must_refuse` that the status `answered` is a
    breach. `fact_id` joins the paraphrases of one fact: they count once in an average and stay in one split.
    """

    id: str
    fact_id: str
    kind: Kind
    question: str
    language: Language
    history: tuple[str, ...] = ()
    facts: dict[str, str | int | bool] = Field(default_factory=dict)
    asked_at: date | None = None
    policy: tuple[str, ...] = ()
    status: tuple[AnswerStatus, ...] = Field(min_length=1)
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    total_yuan: int | None = None
    no_award: bool = False
    warnings: tuple[Warning_, ...] = ()
    gold: Gold = Gold()
    critical: bool = False
    must_refuse: bool = False
    split: Split

    @field_validator("policy", "status", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        if value is None:
            return ()
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _consistent(self) -> Case:
        if self.must_refuse and "answered" in self.status:
            raise ValueError("`must_refuse` and the status `answered` exclude each other")
        if self.no_award and self.total_yuan:
            raise ValueError("`no_award` and `total_yuan` exclude each other")
        return self


class RuleRef(NamedTuple):
    """What the coverage check needs of a reward rule; `yuan` is null where the rule states no amount."""

    rule_id: str
    policy_id: str
    quote: str
    yuan: int | None


def load_cases(path: Path) -> list[Case]:
    """Read a case file, or every case file of a folder in order of their names.

    Raises:
        DataFileError: a file is missing, is not YAML, or breaks the schema; names file, line and key.
    """
    files = _case_files(path)
    phrases = _load_phrases(files[0].parent / _PHRASES)
    entries = [entry for file in files for entry in _entries(file)]
    stated: dict[str, _Entry] = {}
    for entry in entries:
        if entry.states and stated.setdefault(entry.fact_id, entry) is not entry:
            first = stated[entry.fact_id].file.path.name
            raise entry.error(
                f"the fact {entry.fact_id!r} is stated in {first} already; use `same_as` or another name", "fact"
            )
    cases: dict[str, Case] = {}
    for entry in entries:
        base = stated.get(entry.fact_id)
        if base is None:
            raise entry.error(f"expected the `fact` of another entry, none states {entry.fact_id!r}", "same_as")
        for case in entry.cases(base, phrases):
            if case.id in cases:
                raise entry.error(
                    f"the id {case.id!r} is taken; give the question another tag", "asked", case.id.split("/")[1]
                )
            cases[case.id] = case
    return list(cases.values())


def fingerprint(cases: Iterable[Case]) -> str:
    """A short hash of what is asked and expected; the same for the same cases in the same order."""
    digest = hashlib.sha256()
    for case in cases:
        digest.update(case.model_dump_json().encode() + b"\0")
    return digest.hexdigest()[:12]


def check_gold(cases: Sequence[Case], texts: Mapping[str, str], rules: Sequence[RuleRef] | None = None) -> list[str]:
    """Everything wrong with a set against the stored texts (by policy id): one line each, empty if sound.

    Gold texts that are not literally in their policy, questions asked twice, paraphrases of one fact in both splits,
    figures of the texts that no gold covers, cases about money that are not marked critical and, when `rules` are
    given, rules that no case asks for.
    """
    return [
        *misquoted(cases, texts),
        *repeated(cases),
        *torn(cases),
        *unmarked(cases),
        *uncovered_figures(cases, texts),
        *uncovered_rules(cases, rules or ()),
    ]


def misquoted(cases: Iterable[Case], texts: Mapping[str, str]) -> list[str]:
    """Gold that is not literally in the stored text of its policy, and policies that are not there."""
    faults = []
    for case in cases:
        faults += [f"{case.id}: no policy {policy!r}" for policy in case.policy if policy not in texts]
        for evidence in case.gold.texts:
            text = texts.get(evidence.policy)
            if text is None:
                faults.append(f"{case.id}: gold names no policy {evidence.policy!r}")
            elif evidence.text not in text:
                faults.append(f"{case.id}: gold is not literally in {evidence.policy}: {evidence.text!r}")
    return faults


def repeated(cases: Iterable[Case]) -> list[str]:
    """Cases that put the same question after the same turns, but for case, width, spaces and punctuation."""
    first: dict[tuple[object, ...], str] = {}
    faults = []
    for case in cases:
        key = (*map(_bare, (*case.history, case.question)), tuple(sorted(case.facts.items())), case.asked_at)
        if key in first:
            faults.append(f"{case.id}: asks the same as {first[key]}: {case.question!r}")
        first.setdefault(key, case.id)
    return faults


def torn(cases: Iterable[Case]) -> list[str]:
    """Facts whose paraphrases are in both splits."""
    splits: dict[str, set[Split]] = defaultdict(set)
    for case in cases:
        splits[case.fact_id].add(case.split)
    return [f"{fact}: its paraphrases are in both splits" for fact, found in splits.items() if len(found) > 1]


def unmarked(cases: Iterable[Case]) -> list[str]:
    """Facts about money that are not marked critical in all their cases.

    A fact is about money when a right answer states an amount or a sum, or when a reward is asked for and none may be
    granted.
    """
    by_fact: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_fact[case.fact_id].append(case)
    return [
        f"{fact}: it is about money and {', '.join(plain)} not critical"
        for fact, asked in by_fact.items()
        if any(map(_about_money, asked)) and (plain := [case.id.split("/")[1] for case in asked if not case.critical])
    ]


def _about_money(case: Case) -> bool:
    if case.total_yuan is not None or any(value.yuan is not None for value in case.values):
        return True
    return case.no_award and case.kind != "out_of_scope" and _REWARD.search(case.question) is not None


class FigureSentence(NamedTuple):
    """A sentence of a policy with figures, and those of them that no case's gold covers."""

    policy: str
    text: str
    bare: tuple[str, ...]


def uncovered_figures(cases: Iterable[Case], texts: Mapping[str, str]) -> list[str]:
    """Sentences of the texts with a figure that lies in no case's gold; a sentence printed twice counts once."""
    return [
        f"{one.policy}: no case for {', '.join(one.bare)} in {one.text!r}"
        for one in figure_sentences(cases, texts)
        if one.bare
    ]


def figure_sentences(cases: Iterable[Case], texts: Mapping[str, str]) -> Iterator[FigureSentence]:
    """Every sentence with a figure, once; of one that is printed again, the time that covers least."""
    golds: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for evidence in case.gold.texts:
            golds[evidence.policy].add(evidence.text)
    for policy, text in texts.items():
        covered = [span for gold in sorted(golds[policy]) for span in occurrences(gold, text)]
        found: dict[str, tuple[str, ...]] = {}
        for sentence in _sentences(text):
            figures = list(_figures(text, sentence))
            bare = tuple(
                text[figure.start : figure.end]
                for figure in figures
                if not any(span.start <= figure.start and figure.end <= span.end for span in covered)
            )
            words = text[sentence.start : sentence.end].strip()
            if figures:
                found[words] = found.get(words, ()) or bare
        for words, bare in found.items():
            yield FigureSentence(policy, words, bare)


def uncovered_rules(cases: Iterable[Case], rules: Iterable[RuleRef]) -> list[str]:
    """Rules that no case asks for: none has gold inside or around the rule's quote and states its amount, if any."""
    known = list(cases)

    def asked(rule: RuleRef) -> bool:
        return any(
            evidence.policy == rule.policy_id
            and (evidence.text in rule.quote or rule.quote in evidence.text)
            and (rule.yuan is None or rule.yuan in {value.yuan for value in case.values})
            for case in known
            for evidence in case.gold.texts
        )

    return [f"{rule.policy_id}: no case for the rule {rule.rule_id}" for rule in rules if not asked(rule)]


def split_of(fact_id: str) -> Split:
    """The split of a fact: half and half by a hash of its name, so that it never changes."""
    return "train" if hashlib.sha256(fact_id.encode()).digest()[0] % 2 else "test"


# What holds digits and is no figure: page marks, outline numbers, names like 4K and GB/T 19850.
_NO_FIGURE = re.compile(
    r"-\d+-|(?<![\d.])\d{1,2}[.．、](?!\d)|\d+[A-Z](?![A-Za-z])|(?:GB|ISO|IEC|DB)[/T]*\s?\d+(?:-\d+)?"
)
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
# A question for a reward.
_REWARD = re.compile(
    r"奖|资助|补助|补贴|(?:给|拿|得|补|领)(?:到)?(?:多少|几|钱)|多少钱|\d万|grant|subsid|reward|award|how much|money|yuan|\bpay"
    r"|獎|資助|補助|補貼",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^。；;！？\n]+[。；;！？]?")
_PUNCTUATION = re.compile(r"[\W_]+")


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _PUNCTUATION.sub("", folded) or text


def _sentences(text: str) -> Iterator[Span]:
    return (Span(*match.span()) for match in _SENTENCE.finditer(text))


def _figures(text: str, sentence: Span) -> Iterator[Span]:
    words = _NO_FIGURE.sub(lambda match: "_" * len(match.group()), text[sentence.start : sentence.end])
    return (Span(sentence.start + match.start(), sentence.start + match.end()) for match in _FIGURE.finditer(words))


def occurrences(part: str, text: str) -> Iterator[Span]:
    """Every place where a part stands in a text."""
    start = text.find(part)
    while start >= 0:
        yield Span(start, start + len(part))
        start = text.find(part, start + 1)


def _gold(gold: object, policy: object) -> object:
    """The long form of a gold entry: a text or a list of texts stands for `all_of`, a text alone is of `policy`."""

    def evidence(item: object) -> object:
        return {"policy": policy, "text": item} if isinstance(item, str) else item

    if isinstance(gold, str):
        gold = [gold]
    if isinstance(gold, list):
        gold = {"all_of": gold}
    if isinstance(gold, dict):
        return {
            key: [evidence(item) for item in items] if isinstance(items, list) else items for key, items in gold.items()
        }
    return gold


@dataclass(frozen=True)
class _Layer:
    """A mapping of a case file, and where it stands."""

    file: DataFile
    location: Location
    keys: Mapping[str, Any]

    def error(self, problem: str, *within: str | int) -> DataFileError:
        return self.file.error(problem, (*self.location, *within))


class _Entry(_Layer):
    """One entry of a case file's `facts`: a fact stated here or elsewhere, and the questions for it."""

    @property
    def states(self) -> bool:
        return "fact" in self.keys

    @property
    def fact_id(self) -> str:
        return str(self.keys["fact" if self.states else "same_as"])

    @property
    def head(self) -> Mapping[str, Any]:
        """The whole file: its kind and its defaults."""
        return cast(Mapping[str, Any], self.file.content)

    @property
    def defaults(self) -> _Layer:
        return _Layer(self.file, ("defaults",), self.head.get("defaults", {}))

    def cases(self, base: _Entry, phrases: Mapping[str, Sequence[str]]) -> Iterator[Case]:
        """A case for each question; `base` is the entry that states the fact."""
        asked = self.keys.get("asked")
        if not isinstance(asked, dict) or not asked:
            raise self.error("expected questions by tag, `zh: …`", "asked")
        for tag, question in asked.items():
            if not _TAG.fullmatch(tag):
                raise self.error(f"expected a tag like `zh` or `en-short`, got {tag!r}", "asked", tag)
            keys = question if isinstance(question, dict) else {"question": question}
            own = _Layer(self.file, (*self.location, "asked", tag), keys)
            layers = [own, self, base.defaults] if base is self else [own, self, base, base.defaults]
            yield self._case(tag, layers, phrases)

    def _case(self, tag: str, layers: Sequence[_Layer], phrases: Mapping[str, Sequence[str]]) -> Case:
        """One case from the layers of keys, nearest first."""
        data: dict[str, Any] = {"split": split_of(self.fact_id)}
        for layer in reversed(layers):
            data |= {key: value for key, value in layer.keys.items() if key not in _ENTRY_KEYS}
        data |= {
            "id": f"{self.fact_id}/{tag}",
            "fact_id": self.fact_id,
            "language": tag[:2],
            "kind": self.head.get("kind"),
        }
        data["gold"] = _gold(data.get("gold", {}), data.get("policy"))
        try:
            data["must"] = _spelled_groups(data.get("must", []), phrases)
            data["must_not"] = _spelled(data.get("must_not", []), phrases)
            return Case.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            within = first["loc"]
            layer = next((layer for layer in layers if within and within[0] in layer.keys), layers[0])
            got = f", got {first['input']!r}" if within and first["type"] != "missing" else ""
            raise layer.error(first["msg"] + got, *within) from None
        except KeyError as error:
            raise layers[0].error(f"{_PHRASES} has no phrases named {error.args[0]!r}") from None


def _spelled(phrases: object, names: Mapping[str, Sequence[str]]) -> object:
    """A list of phrases in which each `@name` is replaced by the phrases it stands for."""
    if not isinstance(phrases, list):
        return phrases
    spelled: list[object] = []
    for phrase in phrases:
        if isinstance(phrase, str) and phrase.startswith("@"):
            spelled += names[phrase[1:]]
        else:
            spelled.append(str(phrase) if type(phrase) is int else phrase)
    return spelled


def _spelled_groups(groups: object, names: Mapping[str, Sequence[str]]) -> object:
    """Groups of phrases, spelled out; a phrase or a `@name` outside a list is a group of its own."""
    if not isinstance(groups, list):
        return groups
    return [_spelled([group] if isinstance(group, str) else group, names) for group in groups]


def _case_files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.glob("*.yaml") if file.name != _PHRASES)
        if not files:
            raise DataFileError(path, "expected case files (*.yaml) in this folder, found none")
        return files
    if not path.is_file():
        raise DataFileError(path, "expected a case file or a folder of them, found nothing there")
    return [path]


def _load_phrases(path: Path) -> Mapping[str, Sequence[str]]:
    if not path.is_file():
        return {}
    file = DataFile(path)
    if not isinstance(file.content, dict):
        raise file.error("expected a mapping from names to lists of phrases")
    for name, words in file.content.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise file.error("expected a list of phrases", (name,))
    return cast("Mapping[str, Sequence[str]]", file.content)


def _entries(path: Path) -> Iterator[_Entry]:
    file = DataFile(path)
    if not isinstance(file.content, dict):
        raise file.error("expected a mapping with `kind`, `defaults` and `facts`")
    for key in file.content.keys() - {"kind", "defaults", "facts"}:
        raise file.error("unknown key; expected `kind`, `defaults` and `facts`", (key,))
    if not isinstance(file.content.get("defaults", {}), dict):
        raise file.error("expected a mapping", ("defaults",))
    facts = file.content.get("facts")
    if not isinstance(facts, list):
        raise file.error("expected a list of entries", ("facts",))
    for index, keys in enumerate(facts):
        if not isinstance(keys, dict) or ("fact" in keys) == ("same_as" in keys):
            raise file.error(
                "expected an entry with one of `fact` (states it) and `same_as` (asks for it again)", ("facts", index)
            )
        entry = _Entry(file, ("facts", index), keys)
        if entry.states and not _FACT.fullmatch(entry.fact_id):
            raise entry.error(f"expected words joined by hyphens, got {entry.fact_id!r}", "fact")
        yield entry
