"""Reward rules as data: one YAML file a policy, read strictly, proved against the document, expanded into flat rules.

Each amount of a file stands beside the source's own words (`said`). Loading re-reads the words and compares; with the
documents at hand it also proves that every quote stands in its clause and says the amount.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.datafile import DataFile, Location
from knowledge.kept import INTERRUPTIONS, Kept
from knowledge.model import Clause, Document, Span
from knowledge.normalize import align
from knowledge.numerals import number
from knowledge.quantities import Quantity, find_quantities, money_yuan
from knowledge.rule_schema import (
    Cap,
    Combine,
    Condition,
    GroupEntry,
    Ignored,
    PlaceGroupName,
    Places,
    RowEntry,
    Rule,
    RuleFile,
    Silence,
    Term,
    Text,
)
from knowledge.table_figures import amounts_of_tables
from knowledge.tables import Table, find_entry_tables, find_tables, table_lines

__all__ = [
    "Condition",
    "Ignored",
    "PolicyRules",
    "Rule",
    "RuleBook",
    "Silence",
    "Text",
    "UnexplainedAmount",
    "Unproved",
    "audit_money",
    "audit_rules",
    "find_money",
    "load_rules",
    "unexplained_amounts",
    "unproved",
]

_FIGURE = re.compile(r"\d+(?:\.\d+)?")
# Shares in parts: 五分之一, 1/5.
_PARTS = (
    re.compile(r"(?P<whole>[二三四五六七八九十])分之(?P<part>[一二三四五六七八九])"),
    re.compile(r"(?<![\d/])(?P<part>\d)/(?P<whole>\d{1,2})(?![\d/])"),
)
# Words that state a share without a figure.
_SHARE_WORDS = (
    (50, re.compile("一半|减半|折半|半额|半数")),
    (100, re.compile("同等|等额|相同|全额")),
    *((10 * tenths, re.compile(f"{numeral}成")) for tenths, numeral in enumerate("一二三四五六七八九", start=1)),
)


@dataclass(frozen=True)
class PolicyRules:
    """Everything one policy's file says."""

    policy_id: str
    path: Path
    rules: tuple[Rule, ...]
    terms: Mapping[str, Term]
    places: Places | None
    silent_on: tuple[Silence, ...]
    ignored: tuple[Ignored, ...]

    def place_groups_of(self, place: str, on: date | None) -> frozenset[PlaceGroupName]:
        """The groups a place (its name, an alias or its code) may belong to on a date.

        More than one where membership changed and the date is not known well enough; empty for an unknown place.
        """
        if self.places is None:
            return frozenset()
        return frozenset(
            name
            for name, group in self.places.groups.items()
            for member in group.members
            if place in (member.name, member.code, *member.aliases) and member.may_hold(on)
        )


@dataclass(frozen=True)
class RuleBook:
    """The rules of all policies. `fingerprint` changes with any word of them, not with the layout of the files."""

    policies: Mapping[str, PolicyRules]
    fingerprint: str

    @property
    def all(self) -> tuple[Rule, ...]:
        """Every rule, by policy and in the order of the files."""
        return tuple(rule for policy in self.policies.values() for rule in policy.rules)

    @property
    def ignored(self) -> tuple[tuple[str, Ignored], ...]:
        """Every amount that is no reward, with the id of its policy."""
        return tuple((policy.policy_id, entry) for policy in self.policies.values() for entry in policy.ignored)

    def confirmed(self) -> RuleBook:
        """The book without the policies whose rules nobody has confirmed; the fingerprint stays that of the whole."""
        policies = {
            name: policy for name, policy in self.policies.items() if all(rule.reviewed for rule in policy.rules)
        }
        return replace(self, policies=policies)

    def for_policy(self, policy_id: str) -> tuple[Rule, ...]:
        """The rules of one policy; none where it has no rule file."""
        policy = self.policies.get(policy_id)
        return policy.rules if policy else ()


def load_rules(
    folder: Path, documents: Mapping[str, Document] | None = None, *, without: Collection[str] = ()
) -> RuleBook:
    """Read every `*.yaml` of a folder; a folder that is not there holds no rules.

    Args:
        folder: one file a policy, named after it.
        documents: the documents by policy id. When given, each rule is proved: its clause exists, its quote stands
            literally in the clause, and its amount is what the quote's own words say.
        without: policies whose files are not read.

    Raises:
        DataFileError: a file is wrong; the message names the file, line and key.
    """
    paths = sorted(path for path in folder.glob("*.yaml") if path.stem not in without) if folder.is_dir() else []
    loaded = [_load_file(path, documents) for path in paths]
    content = json.dumps([content for _, content in loaded], ensure_ascii=False, sort_keys=True)
    policies = {policy.policy_id: policy for policy, _ in loaded}
    return RuleBook(policies, hashlib.sha256(content.encode()).hexdigest()[:16])


class Unproved(NamedTuple):
    """Something of a rule file that the document does not bear out."""

    policy_id: str
    name: str
    clause_id: str | None
    quote: str | None
    problem: str


class UnexplainedAmount(NamedTuple):
    """An amount of money, `text` at `span` of the stored text, of which no rule says what it is."""

    policy_id: str
    clause_id: str
    text: str
    span: Span

    @property
    def note(self) -> str:
        """What to do about it."""
        return (
            f"{self.clause_id}: {self.text!r} at {self.span.start}–{self.span.end} is in no rule and not"
            f" ignored; add a rule, or an entry under `ignored` to the rules of `{self.policy_id}`"
        )


def unproved(rulebook: RuleBook, documents: Mapping[str, Document]) -> list[Unproved]:
    """Every rule, term and ignored amount whose words or figures do not stand in their document."""
    found = []
    for policy in rulebook.policies.values():
        name, document = policy.policy_id, documents.get(policy.policy_id)
        if document is None:
            found.append(Unproved(name, name, None, None, "there are rules, but no document"))
            continue
        for rule in policy.rules:
            faults = _rule_faults(rule, document)
            found += [Unproved(name, rule.rule_id, rule.clause_id, rule.quote, problem) for _, problem in faults]
        found += [
            Unproved(name, f"{name} (silent_on)", None, None, problem) for problem in _silence_faults(policy, document)
        ]
        for where, problem in _policy_faults(policy, document):
            term = policy.terms.get(str(where[1])) if where[0] == "terms" else None
            quote = term.quote if term else policy.ignored[int(where[1])].quote
            place = ".".join(map(str, where[:2]))
            found.append(Unproved(name, f"{name} ({place})", term.clause_id if term else None, quote, problem))
    return found


def audit_rules(rulebook: RuleBook, documents: Mapping[str, Document]) -> list[str]:
    """Rules whose quote or amount does not stand in their clause, each as a sentence; empty where all do."""
    return [f"{fault.name}: {fault.problem}" for fault in unproved(rulebook, documents)]


def audit_money(documents: Iterable[Document], rulebook: RuleBook) -> list[str]:
    """The unexplained amounts, each as a sentence that says what to do; empty where there are none."""
    return [amount.note for amount in unexplained_amounts(documents, rulebook)]


def unexplained_amounts(documents: Iterable[Document], rulebook: RuleBook) -> list[UnexplainedAmount]:
    """Amounts of money in a clause or table that are in no rule and not ignored with a reason, in order."""
    found = []
    for document in documents:
        policy = rulebook.policies.get(document.policy.id)
        known = list(_known_amounts(document, policy)) if policy else []
        stated = [(c.clause_id, quantity, span) for c in document.clauses for quantity, span in _money_of(c)]
        for clause_id, quantity, span in [*stated, *_money_of_tables(document)]:
            inside = {yuan for where, yuan in known if where.start <= span.start and span.end <= where.end}
            if not _values(quantity) <= inside:
                found.append(UnexplainedAmount(document.policy.id, clause_id, quantity.text, span))
    return found


# --- reading and expanding -------------------------------------------------------------------------------------------


def _load_file(path: Path, documents: Mapping[str, Document] | None) -> tuple[PolicyRules, Any]:
    data = DataFile(path)
    file = data.parse(RuleFile, data.content if data.content is not None else {})
    if file.policy != path.stem:
        raise data.error(f"expected {path.stem!r}, the name of the file, got {file.policy!r}", ("policy",))
    at: dict[str, Location] = {}
    rules: list[Rule] = []
    for g, group in enumerate(file.rules):
        for r, row in enumerate(group.rows):
            where: Location = ("rules", g, "rows", r)
            rule = _expand(data, file, group, row, where)
            if rule.rule_id in at:
                raise data.error(f"expected unique ids, got {rule.rule_id!r} twice; give the row an `id`", where)
            at[rule.rule_id] = where
            rules.append(rule)
        _check_pot(data, group, ("rules", g, "pot"))
    _check_exceptions(data, rules, at)
    policy = PolicyRules(file.policy, path, tuple(rules), file.terms, file.places, file.silent_on, file.ignored)
    if documents is not None:
        policy = _proved(data, file, policy, documents, at)
    return policy, file.model_dump(mode="json")


def _expand(data: DataFile, file: RuleFile, group: GroupEntry, row: RowEntry, where: Location) -> Rule:
    """One row with its group's fields, as a flat rule."""

    def pick(name: str) -> Any:  # noqa: ANN401 - a field of either entry, of whatever type
        return getattr(row if name in row.model_fields_set else group, name)

    for name in ("activity", "benefit", "clause_id", "quote"):
        if pick(name) is None:
            raise data.error(f"expected `{name}` in the row or its group, got nothing", where)
    place_group = pick("place_group")
    if place_group is not None and (file.places is None or place_group not in file.places.groups):
        raise data.error(f"expected a group that `places` declares, got {place_group!r}", (*where, "place_group"))
    rule = Rule(
        rule_id=_rule_id(file, group, row),
        policy_id=file.policy,
        group_id=group.id,
        group_label=group.label,
        label=_joined(group.label, row.label),
        option=row.label or group.label,
        activity=pick("activity"),
        level=pick("level"),
        committee=pick("committee"),
        role=pick("role"),
        grade=pick("grade"),
        place_group=place_group,
        yuan=row.yuan,
        yuan_min=row.yuan_min,
        ratio=pick("ratio"),
        bound=pick("bound") or ("exact" if row.yuan is not None or pick("ratio") else None),
        per=pick("per"),
        benefit=pick("benefit"),
        cap=group.cap + row.cap,
        payer=pick("payer"),
        said=row.said,
        said_min=row.said_min,
        said_unit=pick("said_unit"),
        quote=pick("quote"),
        clause_id=pick("clause_id"),
        conditions=_conditions(file, group, row, pick("role")),
        combine=pick("combine") or Combine(policy="unstated"),
        includes=group.includes + row.includes,
        dedupe=pick("dedupe"),
        contest=pick("contest") or "unstated",
        counts_when=pick("counts_when"),
        window=pick("window"),
        selection=pick("selection"),
        bonus=pick("bonus"),
        above_cap=pick("above_cap"),
        instead_of=None if pick("instead_of") is None else f"{file.policy}.{pick('instead_of')}",
        delegated_to=pick("delegated_to"),
        raised_from=row.raised_from,
        pot=group.pot,
        silent_on=row.silent_on + group.silent_on,
        reviewed_by=file.reviewed_by,
        reviewed_on=file.reviewed_on,
    )
    if problem := _incoherence(rule, pick("said_unit")):
        raise data.error(problem, where)
    return rule


def _conditions(file: RuleFile, group: GroupEntry, row: RowEntry, role: str | None) -> tuple[Condition, ...]:
    """The definition of the role, the group's conditions, the row's, and what shuts the payment out."""
    definitions = [
        Condition(
            input="drafter_rank", op="<=", value=t.rank_max, text=t.text, ask=t.ask, options=t.options, quote=t.quote
        )
        for t in file.terms.values()
        if t.role == role
    ]
    excluded = [
        Condition(input=e.input, op="==", value=False, text=e.text, ask=e.ask) for e in (*group.excludes, *row.excludes)
    ]
    return (*definitions, *group.conditions, *row.conditions, *excluded)


def _rule_id(file: RuleFile, group: GroupEntry, row: RowEntry) -> str:
    axes = (row.activity, row.level, row.committee, row.role, row.grade, row.place_group)
    name = row.id or ".".join(axis.replace(":", "_") for axis in axes if axis is not None)
    return ".".join(part for part in (file.policy, group.id, name) if part)


def _joined(group: Text, row: Text | None) -> Text:
    return group if row is None else Text(zh=f"{group.zh}·{row.zh}", en=f"{group.en}: {row.en}")


def _incoherence(rule: Rule, said_unit: str | None) -> str | None:
    """What keeps a row from being a rule; null where nothing does."""
    if (rule.yuan is None) != (rule.said is None):
        return "expected `yuan` and `said`, the source's own words for the amount, together"
    if (rule.bound == "range") != (rule.yuan_min is not None) or (rule.yuan is None and rule.yuan_min is not None):
        return "expected `yuan_min` with `bound: range`, and only there"
    if rule.yuan is not None and rule.ratio is not None:
        return "expected either `yuan` or `ratio`, got both"
    if rule.yuan is None and rule.ratio is None and rule.delegated_to is None and rule.benefit != "honour_only":
        return "expected `yuan`, `ratio`, `delegated_to` or `benefit: honour_only`: a rule without an amount says why"
    return next((fault for yuan, said in rule.amounts() if (fault := _misread(said, said_unit, yuan))), None)


def _misread(said: str, unit: str | None, yuan: int) -> str | None:
    words = said if find_money(said) else said + (unit or "")
    found = find_money(words)
    if len(found) != 1:
        return f"expected one amount of money in `said`, got {said!r}; give `said_unit` where a list shares its unit"
    if yuan not in _values(found[0]):
        return f"expected {sorted(_values(found[0]))} yuan, which is what {words!r} says, got {yuan}"
    return None


def find_money(text: str) -> list[Quantity]:
    """The amounts of Chinese money in a text; an amount that stands alone counts also without 元 (15万)."""
    found = find_quantities(text)
    money = [q for q in found if q.kind == "money" and q.unit == "CNY"]
    if money or len(found) != 1:
        return money
    try:
        money_yuan(text)
    except ValueError:
        return []
    return found


def _values(quantity: Quantity) -> set[int]:
    return {int(value) for value in (quantity.value, quantity.upper) if value is not None}


def _check_pot(data: DataFile, group: GroupEntry, where: Location) -> None:
    shares = sum(row.yuan for row in group.rows if row.yuan is not None)
    if group.pot is not None and shares != group.pot.yuan:
        raise data.error(f"expected the rows to share the pot of {group.pot.yuan} yuan, got {shares} in all", where)


def _check_exceptions(data: DataFile, rules: Iterable[Rule], at: Mapping[str, Location]) -> None:
    known = {name for rule in rules for name in (rule.rule_id, f"{rule.policy_id}.{rule.group_id}")}
    for rule in rules:
        if rule.instead_of is not None and rule.instead_of not in known:
            problem = f"expected the id of a rule or group of this file, got {rule.instead_of!r}"
            raise data.error(problem, (*at[rule.rule_id], "instead_of"))


# --- proving against the document ------------------------------------------------------------------------------------


def _proved(
    data: DataFile,
    file: RuleFile,
    policy: PolicyRules,
    documents: Mapping[str, Document],
    at: Mapping[str, Location],
) -> PolicyRules:
    document = documents.get(policy.policy_id)
    if document is None:
        there = ", ".join(sorted(documents)) or "there are none"
        raise data.error(f"expected the id of a document ({there}), got {policy.policy_id!r}", ("policy",))
    located = []
    for rule in policy.rules:
        for field, problem in _rule_faults(rule, document):
            raise data.error(problem, _where(file, at[rule.rule_id], field))
        span = _locate(document, rule.clause_id, rule.quote)
        located.append(rule.model_copy(update={"start": span.start, "end": span.end}) if span else rule)
    for where, problem in _policy_faults(policy, document):
        raise data.error(problem, where)
    for problem in _silence_faults(policy, document):
        raise data.error(problem, ("silent_on",))
    return replace(policy, rules=tuple(located))


def _where(file: RuleFile, row: Location, field: str) -> Location:
    """Where a field of a rule stands: in the row, else in its group."""
    group, entry = int(row[1]), int(row[3])
    if field in file.rules[group].rows[entry].model_fields_set:
        return (*row, field)
    return (*row[:2], field) if field in file.rules[group].model_fields_set else row


def _rule_faults(rule: Rule, document: Document) -> Iterator[tuple[str, str]]:
    """Field and problem of everything that the document does not bear out."""
    if fault := _quote_fault(document, rule.clause_id, rule.quote):
        yield fault
        return
    quote = _without_dropped(document, rule.clause_id, rule.quote)
    stated = [q for q in find_quantities(quote) if q.kind in ("money", "number")]
    for yuan, said in rule.amounts():
        matching = [q for q in stated if q.text == said.strip()]
        values = set().union(*map(_values, matching), _with_unit(rule, document, said, matching))
        if not matching:
            yield "said", f"expected an amount that the quote states, got {said!r}"
        elif yuan not in values:
            yield "yuan", f"expected {sorted(values)}, which is what {said!r} says in the quote, got {yuan}"
        elif yuan == rule.yuan and rule.bound == "exact" and all(q.bound == "up_to" for q in matching):
            yield "bound", f"expected `up_to`, because the quote states {said!r} as a ceiling, got `exact`"
    yield from (("cap", problem) for cap in rule.cap if (problem := _cap_fault(cap, document)))
    if rule.ratio is not None and not _states_share(quote, rule.ratio.percent):
        yield "ratio", f"expected a share that the quote states, got {rule.ratio.percent}%"
    for condition in rule.conditions:
        if condition.quote is not None and condition.quote not in document.text:
            yield "conditions", f"expected words of the document, got {condition.quote!r}"


def _with_unit(rule: Rule, document: Document, said: str, matching: Iterable[Quantity]) -> set[int]:
    """What a bare number of a table says in the unit of its heading; nothing where the document names no such unit."""
    if rule.said_unit is None or rule.said_unit not in document.text or all(q.kind == "money" for q in matching):
        return set()
    return set().union(*map(_values, find_money(said.strip() + rule.said_unit)))


def _cap_fault(cap: Cap, document: Document) -> str | None:
    if cap.quote is None:
        return None
    if cap.quote not in document.text:
        return f"expected words of the document, got {cap.quote!r}"
    said = set().union(*(_values(q) for q in find_money(cap.quote) if q.text == cap.said))
    if cap.yuan not in (None, *said) and cap.yuan not in _table_values(document, cap.quote, cap.said):
        return f"expected `said` to stand in the cap's quote and to say {cap.yuan} yuan, got {cap.said!r}"
    return None


def _table_values(document: Document, quote: str, said: str | None = None) -> set[int]:
    """The amounts of tables in a quote, whose unit stands elsewhere; those that `said` says, where it is given."""
    places = list(_occurrences(document.text, quote))
    return {
        yuan
        for quantity, span in _amounts_of_tables(document)
        if said in (None, quantity.text) and any(p.start <= span.start and span.end <= p.end for p in places)
        for yuan in _values(quantity)
    }


def _states_share(quote: str, percent: int) -> bool:
    for q in find_quantities(quote):
        if (q.kind == "percent" and percent in (q.value, q.upper)) or (q.kind == "ratio" and q.value * 100 == percent):
            return True
    if any(number(part["part"]) * 100 == percent * number(part["whole"]) for p in _PARTS for part in p.finditer(quote)):
        return True
    return any(percent == share and words.search(quote) for share, words in _SHARE_WORDS)


def _policy_faults(policy: PolicyRules, document: Document) -> Iterator[tuple[Location, str]]:
    for name, term in policy.terms.items():
        if fault := _quote_fault(document, term.clause_id, term.quote):
            yield ("terms", name, fault[0]), fault[1]
    for index, entry in enumerate(policy.ignored):
        if entry.quote not in document.text:
            yield ("ignored", index, "quote"), f"expected words of the document, got {entry.quote!r}"
        elif entry.yuan not in set().union(*map(_values, find_money(entry.quote))) and (
            entry.yuan not in _table_values(document, entry.quote)
        ):
            yield ("ignored", index, "yuan"), f"expected an amount that the quote states, got {entry.yuan}"


def _silence_faults(policy: PolicyRules, document: Document) -> Iterator[str]:
    """Figures said of what the text leaves open that no quote of the rules states: no answer would show the sentence."""
    about = document.policy
    sources = [*(rule.quote for rule in policy.rules), about.title, about.doc_no, about.signed, about.posted]
    stated = {figure for source in sources if source is not None for figure in _figures(str(source))}
    silences = dict.fromkeys((*policy.silent_on, *(s for rule in policy.rules for s in rule.silent_on)))
    for silence in silences:
        for text in (silence.zh, silence.en):
            if unstated := sorted(_figures(text) - stated):
                yield (
                    f"expected no figure that the rules' quotes do not state, got {', '.join(f'{x:g}' for x in unstated)} in "
                    f"{text!r} (topic {silence.topic}); say it without, or no answer shows it"
                )


def _figures(text: str) -> set[float]:
    return {float(figure) for figure in _FIGURE.findall(unicodedata.normalize("NFKC", text))}


def _quote_fault(document: Document, clause_id: str, quote: str) -> tuple[str, str] | None:
    if all(clause.clause_id != clause_id for clause in document.clauses):
        listed = f"`python -m knowledge show {document.policy.id} --clauses` lists them"
        return "clause_id", f"expected a clause of `{document.policy.id}`, got {clause_id!r}; {listed}"
    if not quote.strip() or _locate(document, clause_id, quote) is None:
        return "quote", f"expected words that stand literally in `{clause_id}`, got {quote[:60]!r}"
    return None


def _locate(document: Document, clause_id: str, quote: str) -> Span | None:
    clause = next(c for c in document.clauses if c.clause_id == clause_id)
    at = document.text.find(quote, clause.start, clause.end)
    return None if at < 0 else Span(at, at + len(quote))


def _without_dropped(document: Document, clause_id: str, quote: str) -> str:
    """The quote without the page marks and line ends that part its words and numbers."""
    span = _locate(document, clause_id, quote)
    if span is None:
        return quote
    kept = bytearray(b"\x01") * len(quote)
    for dropped in document.dropped:
        if dropped.reason in INTERRUPTIONS and span.start <= dropped.start and dropped.end <= span.end:
            kept[dropped.start - span.start : dropped.end - span.start] = bytes(dropped.end - dropped.start)
    return "".join(char for char, stays in zip(quote, kept, strict=True) if stays)


def _known_amounts(document: Document, policy: PolicyRules) -> Iterator[tuple[Span, int]]:
    """Which amounts rules and ignore list account for, and where; a repeated paragraph counts as often as it stands."""
    quoted = [(rule.quote, yuan) for rule in policy.rules for yuan, _ in rule.amounts()]
    quoted += [
        (c.quote, c.yuan) for rule in policy.rules for c in rule.cap if c.quote is not None and c.yuan is not None
    ]
    quoted += [(entry.quote, entry.yuan) for entry in policy.ignored]
    for quote, yuan in quoted:
        yield from ((span, yuan) for span in _occurrences(document.text, quote))


def _occurrences(text: str, quote: str) -> Iterator[Span]:
    return (Span(found.start(), found.end()) for found in re.finditer(re.escape(quote), text))


def _money_of(clause: Clause) -> Iterator[tuple[Quantity, Span]]:
    """The amounts of Chinese money of a clause with their ranges in the stored text; an amount may cross a page mark."""
    places = [at for span in clause.spans for at in range(span.start, span.end)]
    for quantity in find_quantities(clause.text):
        if quantity.kind == "money" and quantity.unit == "CNY":
            yield quantity, Span(places[quantity.start], places[quantity.end - 1] + 1)


def _amounts_of_tables(document: Document) -> Iterator[tuple[Quantity, Span]]:
    """Those that are read from tables, and all others of them that are money by their unit."""
    yield from ((quantity, span) for _, quantity, span in _money_of_tables(document))
    kept, plain, tables = _tables_of(document)
    for quantity in amounts_of_tables(plain, tables):
        yield quantity, kept.stored(Span(quantity.start, quantity.end))


def _tables_of(document: Document) -> tuple[Kept, str, list[Table]]:
    """The kept text, folded, and its tables."""
    kept = Kept.of(document.text, [d for d in document.dropped if d.reason != "blank"])
    plain = align(kept.text)
    return kept, plain, [*find_tables(kept.text, plain), *find_entry_tables(plain)]


def _money_of_tables(document: Document) -> Iterator[tuple[str, Quantity, Span]]:
    """The amounts of tables whose unit stands in their column's heading or the caption (单位：万元), and their clauses."""
    kept, _, tables = _tables_of(document)
    for table in tables:
        for line in table_lines(table):
            for quantity in (*(q for entry in line.entries for q in entry.borrowed), *line.borrowed):
                span = kept.stored(Span(quantity.start, quantity.end))
                clause = next((c for c in document.clauses if c.start <= span.start and span.end <= c.end), None)
                yield clause.clause_id if clause else document.policy.id, quantity, span
