"""An assistant with canned answers over the real documents, cut into one clause a line."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from assistant.answer import (
    Answer,
    Citation,
    CitedPolicy,
    Condition,
    KnownFact,
    Provenance,
    QuestionBack,
    RewardRow,
)
from assistant.streaming import Item
from assistant.wording import WordedSentence
from knowledge.model import Clause, Document, DroppedSpan, GoalPeriod, Place, Policy, Span
from knowledge.rules import PolicyRules, RuleBook, load_rules

SOURCES = Path(__file__).resolve().parents[3] / "knowledge" / "sources"
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>[点我](javascript:alert(3)) **粗** $$x$$"

_SENTENCE = re.compile(r"[^。；]*[。；]?")
_PAGE_MARK = re.compile(r"-\d+-")


def policy(policy_id: str, title: str, title_en: str, place: str, place_en: str, **more: Any) -> Policy:
    known: dict[str, Any] = {
        "source": f"{policy_id}.txt",
        "sha256": hashlib.sha256(policy_id.encode()).hexdigest(),
        **more,
    }
    return Policy(
        id=policy_id, title=title, title_en=title_en, place=Place(name=place, name_en=place_en, level="city"), **known
    )


def document(info: Policy, text: str) -> Document:
    """Every line is a clause; page marks inside it and blank lines are dropped."""
    clauses: list[Clause] = []
    dropped: list[DroppedSpan] = []
    position = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        start, end = position, position + len(line)
        position = end
        if not line.strip():
            dropped.append(DroppedSpan(start=start, end=end, reason="blank"))
            continue
        spans, cut = [], start
        for mark in _PAGE_MARK.finditer(text, start, end):
            if cut < mark.start():
                spans.append(Span(cut, mark.start()))
            dropped.append(DroppedSpan(start=mark.start(), end=mark.end(), reason="page_mark"))
            cut = mark.end()
        if cut < end:
            spans.append(Span(cut, end))
        sentences = [Span(start + m.start(), start + m.end()) for m in _SENTENCE.finditer(line) if m.group().strip()]
        heading = re.match(r"[一二三四五六七八九十]+、[^。]{2,14}|\d+\.", line.strip())
        clauses.append(
            Clause(
                clause_id=f"{info.id}/{number}",
                policy_id=info.id,
                path=(heading.group(),) if heading else (),
                spans=tuple(spans),
                text="".join(text[s.start : s.end] for s in spans),
                sentences=tuple(sentences),
            )
        )
    return Document(policy=info, text=text, clauses=tuple(clauses), dropped=tuple(dropped))


def corpus_documents() -> dict[str, Document]:
    found = {
        "yangzhou-2011": policy(
            "yangzhou-2011",
            "关于加快推进扬州市技术标准战略的实施意见",
            "Yangzhou: opinions on advancing the technical standards strategy",
            "扬州市",
            "Yangzhou",
            issuer="扬州市人民政府办公室",
            signed=date(2011, 1, 24),
            posted=date(2011, 1, 29),
            goal_period=GoalPeriod(start=date(2011, 1, 1), end=date(2015, 12, 31)),
            status="unknown",
            status_basis="网页注明：政策是否有效未知，请慎用",
        ),
        "gdd-2009-draft": policy(
            "gdd-2009-draft",
            "广州开发区、萝岗区高新技术产业标准化示范区建设方案（征求意见稿）",
            "Guangzhou Development District and Luogang: demonstration zone plan (draft for comment)",
            "广州开发区",
            "Guangzhou Development District",
            signed=date(2009, 4, 27),
            status="draft",
        ),
        "guangzhou-2013": policy(
            "guangzhou-2013",
            "广州市标准化战略实施纲要（2013—2020年）",
            "Guangzhou: standardization strategy outline 2013–2020",
            "广州市",
            "Guangzhou",
            goal_period=GoalPeriod(start=date(2013, 1, 1), end=date(2020, 12, 31)),
        ),
    }
    files = {"yangzhou-2011": "001_*", "gdd-2009-draft": "000_*", "guangzhou-2013": "002_*"}
    documents = {}
    for policy_id, info in found.items():
        path = next(SOURCES.glob(files[policy_id]))
        documents[policy_id] = document(info, path.read_text(encoding="utf-8"))
    return documents


def evil_documents() -> dict[str, Document]:
    """The corpus with a document whose every word attacks the page."""
    documents = corpus_documents()
    evil = policy("evil", EVIL, EVIL, EVIL, EVIL, issuer=EVIL, doc_no=EVIL, status_basis=EVIL)
    documents["evil"] = document(evil, f"{EVIL}\n第二行{EVIL}。\n")
    return documents


@cache
def real_rules() -> RuleBook:
    """The rules of the real documents."""
    return load_rules(SOURCES.parent / "rules")


@dataclass(frozen=True)
class FakeRule:
    policy_id: str
    activity: str
    level: str | None
    place_group: str | None = None


@dataclass(frozen=True)
class FakeRules:
    all: tuple[FakeRule, ...] = (
        FakeRule("yangzhou-2011", "formulate_standard", "national"),
        FakeRule("yangzhou-2011", "formulate_standard", "industry", "urban_district"),
    )

    @property
    def policies(self) -> Mapping[str, PolicyRules]:
        return real_rules().policies


@dataclass(frozen=True)
class FakeRelease:
    release_id: str
    documents: dict[str, Document]
    rules: FakeRules = FakeRules()


def cited(document: Document, n: int, words: str, clause_words: str | None = None) -> Citation:
    """A citation of the sentences of one clause from the one holding `words` to the one holding `clause_words`."""
    start = document.text.index(words)
    clause = next(c for c in document.clauses if c.start <= start < c.end)
    stop = document.text.index(clause_words, start) if clause_words else start
    first = next(s for s in clause.sentences if s.start <= start < s.end)
    last = next(s for s in clause.sentences if s.start <= stop < s.end)
    info = document.policy
    return Citation(
        n=n,
        policy_id=info.id,
        policy=CitedPolicy(title=info.title, title_en=info.title_en, issuer=info.issuer, status=info.status),
        clause_id=clause.clause_id,
        clause_path=list(clause.path),
        quote=document.text[first.start : last.end],
        start=first.start,
        end=last.end,
    )


RANK = Condition(input="drafter_rank", state="unknown", text="在标准起草单位中排名前两位", citation=1)
PUBLISHED = Condition(input="standard_status", state="met", text="标准已经批准发布", citation=1)
URBAN = Condition(input="region", state="met", text="扬州市区企业")


@dataclass
class FakeAssistant:
    """Answers by words in the question; remembers what it was asked. `hold` keeps answers back until it is set."""

    documents: dict[str, Document] = field(default_factory=corpus_documents)
    asked: list[tuple[str, list[str]]] = field(default_factory=list)
    forgot: list[list[str]] = field(default_factory=list)
    given: list[dict[str, Any]] = field(default_factory=list)
    hold: threading.Event | None = None
    release_id: str = "fake-release"

    @property
    def release(self) -> FakeRelease:
        return FakeRelease(self.release_id, self.documents)

    def close(self) -> None:
        """Holds nothing open."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        facts: Mapping[str, Any] | None = None,
        asked_at: date | None = None,
        forget: Collection[str] = (),
    ) -> Answer:
        self.asked.append((question, list(history)))
        self.forgot.append(list(forget))
        self.given.append(dict(facts or {}))
        if self.hold is not None:
            self.hold.wait(600)
        for words, make in self._canned().items():
            if words in question:
                answer: Answer = make(question)
                known = [*self._known(history, forget), *self._told(facts or {}, forget)]
                return answer.model_copy(update={"known": known})
        return self._abstained(question)

    def _known(self, history: Sequence[str], forget: Collection[str]) -> list[KnownFact]:
        """What the first turn said, and nothing of the others."""
        turn = 0 if history else None
        said = history[0] if history else "市区"
        facts = known(("location", EVIL if EVIL in said else "市区", turn), ("level", "行业标准", None))
        return [fact for fact in facts if fact.turn is None or fact.input not in forget]

    def _told(self, facts: Mapping[str, Any], forget: Collection[str]) -> list[KnownFact]:
        """What was given beside the question, under names of its own."""
        return [
            KnownFact(input=name, value=value, text=f"{name}={value}", given=True)
            for name, value in facts.items()
            if name not in forget and name != "location"
        ]

    def ask_stream(
        self, question: str, *, stopped: Callable[[], bool] = lambda: False, **given: Any
    ) -> Generator[Item, None, None]:
        yield self.ask(question, **given)

    def _canned(self) -> dict[str, Any]:
        return {
            "坏": self._broken,
            "表": self._table,
            "多少": self._reward,
            "subsidy": self._english,
            "合计": self._sum,
            "示范区": self._draft,
            "<": self._evil,
        }

    def _answer(self, **fields: Any) -> Answer:
        return Answer(
            **{"status": "answered", "language": "zh", "provenance": Provenance(release="fake-release"), **fields}
        )

    def _broken(self, question: str) -> Answer:
        raise RuntimeError("secret detail of the machine")

    def _reward(self, question: str) -> Answer:
        doc = self.documents["yangzhou-2011"]
        paid = cited(doc, 1, "对提出国际标准", "15万元")
        return self._answer(
            answer=(
                "**扬州市区企业主导制定行业标准，每项标准可获 15万元 资助**，"
                "前提是在起草单位中排名前两位，且标准已批准发布。[1]\n\n"
                "**依据**：《关于加快推进扬州市技术标准战略的实施意见》（文号未见，2011-01-24）。[1]\n\n"
                "- 排名前两位的两家单位各得全额还是分享：文件未规定。\n"
                "- 县（市）企业由税收所在地财政自行确定，金额未规定。[2]\n\n"
                "这份文件的目标期到2015年，有效性未知，请向主管部门核实。"
            ),
            citations=[paid, cited(doc, 2, "县(市)")],
            rewards=[
                RewardRow(
                    rule_id="yangzhou-2011.standard_drafting.industry",
                    label="主导制定行业标准",
                    status="needs_input",
                    bound="exact",
                    per="standard",
                    yuan=150000,
                    count=1,
                    total_yuan=150000,
                    conditions=[URBAN, PUBLISHED, RANK],
                    citation=1,
                    trace=["行业标准：每项 15万元", "数量 1，合计 15万元"],
                )
            ],
            total_yuan=150000,
            question_back=QuestionBack(
                input="drafter_rank",
                text="贵单位在标准前言的起草单位中排第几位？",
                options=["第一位", "第二位", "第三位或以后"],
            ),
            suggestions=["如果是国家标准呢？", "修订标准有资助吗？", "县（市）企业怎么算？"],
            warnings=["validity_unknown", "horizon_passed"],
        )

    def _table(self, question: str) -> Answer:
        doc = self.documents["yangzhou-2011"]
        levels = [
            ("国际标准", 600000),
            ("国家标准", 200000),
            ("行业标准", 150000),
            ("省级地方标准", 50000),
            ("市级地方标准", 20000),
        ]
        rows = [
            RewardRow(
                rule_id=f"r{i}",
                label=f"主导制定{name}",
                status="exact",
                bound="exact",
                per="standard",
                yuan=yuan,
                conditions=[URBAN, PUBLISHED, RANK],
                citation=1,
            )
            for i, (name, yuan) in enumerate(levels)
        ]
        body = "扬州市区企业主导制定各级标准的资助如下。[1]\n\n| 标准级别 | 每项资助 |\n|---|---|\n"
        body += "".join(f"| {name} | {yuan // 10000}万元 |\n" for name, yuan in levels)
        return self._answer(
            answer=body,
            citations=[cited(doc, 1, "对提出国际标准", "15万元")],
            rewards=rows,
            warnings=["validity_unknown", "horizon_passed"],
            suggestions=["采标出口产品怎么奖励？"],
        )

    def _sum(self, question: str) -> Answer:
        doc = self.documents["yangzhou-2011"]
        rows = [
            RewardRow(
                rule_id=f"s{i}",
                label=f"主导制定{name}",
                status="exact",
                bound="exact",
                per="standard",
                yuan=yuan,
                count=count,
                total_yuan=yuan * count,
                conditions=[URBAN, PUBLISHED],
                citation=1,
            )
            for i, (name, yuan, count) in enumerate([("国家标准", 200000, 3), ("省级地方标准", 50000, 2)])
        ]
        return self._answer(
            answer="合计 70万元。[1]",
            citations=[cited(doc, 1, "对提出国际标准", "15万元")],
            rewards=rows,
            total_yuan=700000,
        )

    def _english(self, question: str) -> Answer:
        doc = self.documents["yangzhou-2011"]
        return self._answer(
            language="en",
            answer=(
                "**A firm in Yangzhou's urban districts that leads an industry standard can receive CNY 150,000 per "
                "standard**, once the standard is approved and published. [1]\n\n"
                "Leading means being one of the first two drafting organizations. [1]"
            ),
            citations=[cited(doc, 1, "对提出国际标准", "15万元")],
            rewards=[
                RewardRow(
                    rule_id="e",
                    label="Leading an industry standard",
                    status="needs_input",
                    bound="exact",
                    per="standard",
                    yuan=150000,
                    conditions=[
                        Condition(
                            input="drafter_rank", state="unknown", text="one of the first two drafters", citation=1
                        ),
                        Condition(input="standard_status", state="met", text="approved and published"),
                        Condition(input="region", state="unmet", text="registered in an urban district"),
                    ],
                    citation=1,
                )
            ],
            question_back=QuestionBack(
                input="drafter_rank",
                text="Which place does your organization hold?",
                options=["First", "Second", "Third or later"],
            ),
            warnings=["validity_unknown"],
        )

    def _draft(self, question: str) -> Answer:
        doc = self.documents["gdd-2009-draft"]
        return self._answer(
            answer="示范区的建设方案是征求意见稿，不是正式文件。[1]",
            citations=[cited(doc, 1, "征求意见")],
            warnings=["draft_policy"],
            status="partial",
        )

    def _evil(self, question: str) -> Answer:
        doc = self.documents["evil"]
        return self._answer(
            answer=f"{EVIL}。[1]\n\n| {EVIL} | b |\n|---|---|\n| {EVIL} | 2 |\n\n<div>x</div>\n[9]",
            citations=[cited(doc, 1, "第二行")],
            rewards=[
                RewardRow(
                    rule_id="x",
                    label=EVIL,
                    status="exact",
                    bound="exact",
                    per="standard",
                    yuan=1,
                    trace=[EVIL],
                    conditions=[Condition(input="x", state="met", text=EVIL)],
                )
            ],
            question_back=QuestionBack(input="x", text=EVIL, options=[EVIL]),
            suggestions=[EVIL],
        )

    def _abstained(self, question: str) -> Answer:
        return self._answer(
            status="abstained",
            answer="已收录的文件中没有找到相关规定。查找了五份文件；可向当地市场监督管理局咨询。",
            suggestions=["扬州市区企业牵头起草的行业标准发布了，能拿多少资助？"],
        )


@dataclass
class SlowAssistant(FakeAssistant):
    """Makes its answers sentence by sentence: one for each `go.release()`, and then the whole.

    Attributes:
        ended: how each answer ended: whole, stopped, or closed by its reader.
        other: given in place of the answer that began with the sentences.
    """

    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    ended: list[str] = field(default_factory=list)
    other: str | None = None

    def ask_stream(
        self, question: str, *, stopped: Callable[[], bool] = lambda: False, **given: Any
    ) -> Generator[Item, None, None]:
        answer = self.ask(question, **given)
        text = ""
        how = "closed"
        try:
            for line in [*answer.answer.split("\n\n")[:2], None]:
                while not self.go.acquire(timeout=0.02):
                    if stopped():
                        how = "stopped"
                        return
                if line is not None:
                    text = f"{text}\n{line}" if text else line
                    yield WordedSentence(line, answer.model_copy(update={"answer": text}), stands=self.other is None)
            how = "whole"
            rest = "\n\n".join(answer.answer.split("\n\n")[2:])
            yield answer.model_copy(update={"answer": self.other or f"{text}\n\n{rest}"})
        finally:
            self.ended.append(how)


def known(*facts: tuple[str, str, int | None]) -> list[KnownFact]:
    """Facts from their input, text and turn."""
    return [KnownFact(input=name, value=text, text=text, turn=turn) for name, text, turn in facts]
