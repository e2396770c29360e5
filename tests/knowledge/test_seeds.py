"""The five documents of the project: where every sentence of them went, and what the manifest says of them."""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import get_args

import pytest

import knowledge
from knowledge.clauses import MAX_CLAUSE
from knowledge.manifest import load_corpus
from knowledge.metadata import find_date
from knowledge.model import Document, DropReason
from knowledge.normalize import normalize
from knowledge.sentences import sentences

FOLDER = Path(knowledge.__file__).parent
IDS = ["gdd-2009-draft", "yangzhou-2011", "guangzhou-2013", "guangdong-2010", "guangdong-2018"]

DROPPED = {
    "gdd-2009-draft": [("page_mark", f"-{number}-") for number in range(1, 12)],
    "yangzhou-2011": [
        ("site_chrome", "政策"),
        ("site_chrome", "【打印此页】"),
        ("site_chrome", "【关闭窗口】"),
    ],
    "guangzhou-2013": [
        ("site_chrome", "会员/用户快速登录"),
        ("site_chrome", "账\xa0\xa0号:"),
        ("site_chrome", "密\xa0\xa0码:"),
        ("site_chrome", "验证码:"),
        ("site_chrome", "记住账号"),
        ("site_chrome", "忘记密码?入会申请/ 用户注册"),
        ("site_chrome", "更多>>近期培训"),
    ],
}
# Sentences that are in no clause at all: page furniture and the news lead. Nothing of a policy is among them.
LOST: dict[str, list[str]] = {
    "gdd-2009-draft": [],
    "yangzhou-2011": ["政策", "【打印此页】", "【关闭窗口】"],
    "guangzhou-2013": [text for _, text in DROPPED["guangzhou-2013"]],
    "guangdong-2010": [],
    "guangdong-2018": [
        "广东省大力推进4K产业标准化建设",
        "云栖网:近日,广东省政府印发《广东省国家标准化综合改革试点建设方案》,明确大力推进4K产业标准化建设。",
        "一是将4K超高清视频列为战略性新兴产业,实施新动能标准领航工程。",
        "二是制定4K产业标准体系规划与路线图,建立标准需求“直通车”机制,抢占产业竞争制高点。",
        "三是依托4K产业集群和行业龙头企业,发挥产业规模优势,推进4K标准化资源与科技、产业资源对接。",
        "四是在4K超高清视频领域建设一批国家及省级技术标准创新基地。",
        "附方案全文:",
    ],
}
# What stands in a clause and is no sentence: titles, headings, outline numbers.
SILENT = {
    "gdd-2009-draft": [
        "广州开发区、萝岗区高新技术产业标准化示范区建设方案(征求意见稿)",
        *("一、指导思想", "二、工作目标(一)总体目标", "(二)具体目标1.", "2.", "3.", "4."),
        *("三、主要任务", "(一)", "1.", "2.", "3.", "(二)", "1.", "2.", "3."),
        *("(三)", "1.", "2.", "3.", "4.", "(四)", "1.", "2.", "(五)"),
        *("四、保障措施(一)组织机构保障。1.", "2.", "(二)财政经费保障。1.", "2."),
        *("(三)技术支撑保障。1.", "2.", "(四)舆论宣传保障。1."),
    ],
    "yangzhou-2011": [
        "市政府办公室关于印发《关于加快推进扬州市技术标准战略的实施意见》的通知",
        "关于加快推进扬州市技术标准 战略的实施意见",
        *("一、指导思想", "二、总体目标", "三、重点工作 1、", "2、", "3、", "4、", "5、"),
        *("四、保障措施 1、", "2、", "3、", "4、"),
    ],
    "guangzhou-2013": [
        "广州市标准化战略实施纲要(2013—2020年)",
        *("一、实施背景和基础", "二、指导思想和基本原则 (一)指导思想", "(二)基本原则 1.", "2.", "3.", "4."),
        *("三、发展目标", *["——"] * 5),
        *("四、主要任务 (一)加强产业标准化,助推产业结构转型升级。", "1.", "2.", "3.", "4."),
        *("(二)强化社会管理和公共服务标准化,助力建设宜居城市。", "5.", "6.", "7."),
        *("(三)强化资源节约和环境保护标准化,促进绿色低碳发展。", "8.", "9.", "10."),
        *("(四)加强标准化国际交流与合作,提升城市国际竞争力。", "11.", "12.", "13."),
        *("(五)完善标准化基础能力和发展环境,建设标准化人才集聚的优势城市。", "14.", "15.", "16."),
        *("五、保障措施 (一)完善体制机制。", "(二)健全政策法规。", "(三)强化经费保障。", "(四)重视宣传引导。"),
    ],
    "guangdong-2010": [
        "关于实施技术标准战略的意见",
        *(
            "——",
            "——",
            "一、指导思想",
            "——",
            "二、主要目标",
            "2．",
            "3．",
            "（二）",
            "1．",
            "3．",
            "（三）",
            "1．",
            "——",
        ),
        *("三、主要任务（一）", "2．", "3．", "1．", "5．", "7．", "（五）", "1．", "4．", "1．", "2．", "3．"),
        *("2．", "2．", "3．", "5．"),
    ],
    "guangdong-2018": [
        "广东省国家标准化综合改革试点建设方案",
        *("一、总体要求 (一)指导思想。", "(二)基本原则。 1.", "2.", "3.", "4.", "(三)创建目标。", *["——"] * 4),
        "二、主要任务 (一)建立与现代产业相适应的先进标准体系,有力支撑供给侧结构性改革。 1.",
        *("2.", "3.", "4.", "5.", "(二)建立促进科技进步的先进标准体系,有力支撑创新驱动发展。 6.", "7.", "8."),
        "(三)建立便利经贸往来的先进标准体系,有力支撑开放型经济新体制构建。 9.",
        *("10.", "11.", "12.", "(四)深入推进标准化改革创新,不断提升先进标准有效供给能力和质量。 13."),
        *("14.", "15.", "16.", "17.", "18.", "三、实施步骤", "(一)", "(二)", "(三)", "四、保障措施"),
    ],
}


@pytest.fixture(scope="module")
def corpus() -> dict[str, Document]:
    return {document.policy.id: document for document in load_corpus(FOLDER)}


@pytest.fixture(params=IDS)
def document(request: pytest.FixtureRequest, corpus: dict[str, Document]) -> Document:
    return corpus[request.param]


def listing(document: Document) -> list[tuple[str, str]]:
    """Every sentence of the source, in order, with where its characters went: a clause id or the reason of dropping."""
    where = [""] * len(document.text)
    for clause in document.clauses:
        for span in clause.spans:
            where[slice(*span)] = [clause.clause_id.split("/", 1)[1]] * (span.end - span.start)
    for drop in document.dropped:
        where[drop.start : drop.end] = [drop.reason] * (drop.end - drop.start)
    rows = []
    for start, end in sentences(document.text):
        places = [place for place, _ in groupby(where[start:end]) if place != "blank"]
        rows.append((" + ".join(places), document.text[start:end]))
    return rows


def compact(text: str) -> str:
    return "".join(text.split())


def test_the_corpus_is_the_five_documents_in_order(corpus: dict[str, Document]) -> None:
    assert list(corpus) == IDS


def test_every_sentence_of_the_source_is_in_a_clause_or_dropped_with_a_reason(document: Document) -> None:
    clauses = {clause.clause_id.split("/", 1)[1] for clause in document.clauses}
    kept = compact("".join(clause.text for clause in document.clauses))
    lost = []
    for place, sentence in listing(document):
        places = set(place.split(" + "))
        assert places <= clauses | set(get_args(DropReason))
        again = all(compact(part) in kept for part in re.split("━+", sentence))
        if not places & clauses and not ("repeated" in places and again):
            lost.append(sentence)
    assert compact("".join(lost)) == compact("".join(LOST[document.policy.id]))


def test_what_is_dropped_is_page_furniture_page_marks_repeats_and_the_news_lead(document: Document) -> None:
    drops = [(d.reason, document.text[d.start : d.end]) for d in document.dropped if d.reason != "blank"]
    kept = compact("".join(clause.text for clause in document.clauses))
    if document.policy.id == "guangdong-2018":
        ((reason, lead),) = drops
        assert reason == "news_lead"
        assert lead.startswith("广东省大力推进4K产业标准化建设")
        assert lead.endswith("附方案全文:")
    elif document.policy.id == "guangdong-2010":
        assert {reason for reason, _ in drops} == {"repeated", "separator"}
        for reason, text in drops:
            for start, end in sentences(text):
                assert reason == "separator" or compact(text[start:end]) in kept
    else:
        assert drops == DROPPED[document.policy.id]


def test_what_a_clause_holds_beside_its_sentences_is_titles_headings_and_outline_numbers(document: Document) -> None:
    silent = []
    for clause in document.clauses:
        said = {index for sentence in clause.sentences for index in range(*sentence)}
        own = (index for span in clause.spans for index in range(*span))
        words = "".join("|" if index in said else document.text[index] for index in own)
        silent += [" ".join(part.split()) for part in words.split("|") if part.strip()]
    assert silent == SILENT[document.policy.id]


def test_clauses_are_short_literal_and_apart(document: Document) -> None:
    taken: set[int] = set()
    for clause in document.clauses:
        assert len(clause.text) <= MAX_CLAUSE
        assert clause.text == "".join(document.text[slice(*span)] for span in clause.spans)
        own = {index for span in clause.spans for index in range(*span)}
        assert not own & taken
        taken |= own


def test_no_clause_is_a_fragment(document: Document) -> None:
    fragments = [clause.clause_id for clause in document.clauses if not re.search(r"[。！？]|\d日", clause.text)]
    assert fragments in ([], ["yangzhou-2011/meta/1"])


def test_the_outline_of_yangzhou(corpus: dict[str, Document]) -> None:
    clauses = {c.clause_id.removeprefix("yangzhou-2011/"): c for c in corpus["yangzhou-2011"].clauses}
    assert list(clauses) == [
        *("meta/1", "front/1", "front/2", "1/p1", "2/p1", "2/p2", "2/p3", "2/p4"),
        *("3/1", "3/2", "3/3", "3/4", "3/5", "4/1", "4/2", "4/3", "4/4"),
    ]
    assert clauses["4/3"].path == ("四、保障措施", "3")
    assert clauses["meta/1"].kind == "metadata"


def test_the_outline_of_a_text_without_line_breaks(corpus: dict[str, Document]) -> None:
    clauses = {c.clause_id.removeprefix("gdd-2009-draft/"): c for c in corpus["gdd-2009-draft"].clauses}
    assert list(clauses) == [
        *("front/1", "front/2", "1/p1", "2/1/p1", "2/2/1", "2/2/2", "2/2/3", "2/2/4"),
        *("3/p1", "3/1", "3/1/1", "3/1/2", "3/1/3", "3/2", "3/2/1", "3/2/2", "3/2/3"),
        *("3/3", "3/3/1", "3/3/2", "3/3/3", "3/3/4", "3/4", "3/4/1", "3/4/2", "3/5"),
        *("4/1/1", "4/1/2", "4/2/1", "4/2/2", "4/3/1", "4/3/2", "4/4/1"),
    ]
    assert clauses["4/2/2"].path == ("四、保障措施", "(二)财政经费保障", "2")
    assert "年审和标准有效性确认" in clauses["3/2/1"].text
    assert len(clauses["3/2/1"].spans) == 2


def test_numbers_that_run_on_below_the_next_heading_keep_their_value(corpus: dict[str, Document]) -> None:
    ids = [clause.clause_id.split("/", 1)[1] for clause in corpus["guangzhou-2013"].clauses]
    assert [name for name in ids if name.startswith("4/") and not name.endswith("p1")] == [
        *("4/1/1", "4/1/2", "4/1/3", "4/1/4", "4/2/5", "4/2/6", "4/2/7", "4/3/8", "4/3/9", "4/3/10"),
        *("4/4/11", "4/4/12", "4/4/13", "4/5/14", "4/5/15", "4/5/16"),
    ]


def test_the_scrambled_document_has_no_outline_and_every_sentence_once(corpus: dict[str, Document]) -> None:
    document = corpus["guangdong-2010"]
    assert [c.clause_id for c in document.clauses] == [
        f"guangdong-2010/s{number}" for number in range(1, len(document.clauses) + 1)
    ]
    assert {clause.path for clause in document.clauses} == {()}
    said = [compact(document.text[slice(*s)]) for clause in document.clauses for s in clause.sentences]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("——应对技术性贸易措施水平明显提高。", "建立有效应对与防控技术性贸易措施工作机制"),
        ("1．建立先进制造业标准体系。", "加强装备制造、汽车、钢铁、石化"),
        ("4．加快现代农业标准化建设。", "加大农业标准化示范区建设力度"),
        ("1．建设广东先进标准体系。", "鼓励和重点扶持拥有自主知识产权并能产业化的标准立项"),
    ],
)
def test_of_repeated_sentences_the_copy_below_their_heading_is_kept(
    heading: str, sentence: str, corpus: dict[str, Document]
) -> None:
    (clause,) = [clause for clause in corpus["guangdong-2010"].clauses if sentence in clause.text]
    assert heading in clause.text


@pytest.mark.parametrize(
    ("clause_id", "words"),
    [
        ("yangzhou-2011/meta/1", "有效性:政策是否有效未知,请慎用"),
        ("yangzhou-2011/4/3", "市财政分别给予 60万元、20万元、15万元、5万元和 2万元的资助经费"),
        ("yangzhou-2011/4/3", "全市其他企业由市财政按不超过30万元给予一次性奖励"),
        ("yangzhou-2011/4/1", "领导小组办公室设在质监局"),
        ("gdd-2009-draft/4/2/1", "区财政每年安排不低于100万元的工作经费"),
        ("gdd-2009-draft/4/2/2", "区财政每年安排不低于500万元的专项成果奖励经费"),
        ("gdd-2009-draft/3/3/4", "对有突出贡献的标准化专家给予重奖"),
        ("guangzhou-2013/3/d1", "创建AAAA 级“标准化良好行为企业”100 家以上"),
        ("guangzhou-2013/5/3/p1", "完善标准创新激励制度"),
        ("guangdong-2018/1/3/d3", "主导或参与研制60项各类国际标准"),
        ("guangdong-2018/3/1", "第一阶段(2018年)"),
    ],
)
def test_a_fact_is_in_the_clause_where_a_reader_would_look_for_it(
    clause_id: str, words: str, corpus: dict[str, Document]
) -> None:
    (clause,) = [c for c in corpus[clause_id.split("/")[0]].clauses if c.clause_id == clause_id]
    assert words in clause.text


def test_what_the_manifest_says_is_in_the_document(document: Document) -> None:
    policy, text = document.policy, compact(normalize(document.text).text)
    assert compact(normalize(policy.title).text) in text
    assert policy.doc_no is None or compact(normalize(policy.doc_no).text) in text
    dates = {find_date(document.text[m.start() :]) for m in re.finditer(r"二〇|20\d\d", document.text)}
    assert {d for d in (policy.signed, policy.posted) if d} <= dates
    if policy.status == "unknown" and policy.id == "yangzhou-2011":
        assert compact(normalize(policy.status_basis or "").text) in text
    for number in re.findall(r"\d{7,}", policy.contact or ""):
        assert number in text


def test_what_is_known_of_each_document(corpus: dict[str, Document]) -> None:
    known = {
        policy.id: (policy.status, policy.doc_no, policy.signed, policy.posted, policy.issuer)
        for policy in (document.policy for document in corpus.values())
    }
    assert known == {
        "gdd-2009-draft": ("draft", None, date(2009, 4, 27), None, None),
        "yangzhou-2011": ("unknown", None, date(2011, 1, 24), date(2011, 1, 29), "扬州市人民政府办公室"),
        "guangzhou-2013": ("unknown", None, None, None, None),
        "guangdong-2010": ("unknown", "粤府〔2010〕1号", date(2010, 1, 11), date(2010, 1, 15), "广东省人民政府"),
        "guangdong-2018": ("unknown", None, None, None, "广东省人民政府"),
    }
    ends = {document.policy.id: document.policy.goal_period for document in corpus.values()}
    assert ends["gdd-2009-draft"] is None
    assert [goal.end for goal in ends.values() if goal] == [
        date(2015, 12, 31),
        date(2020, 12, 31),
        date(2015, 12, 31),
        date(2020, 12, 31),
    ]


@pytest.mark.parametrize(
    ("policy_id", "numbers"),
    [
        ("gdd-2009-draft", ["穗开管〔2008〕49号", "粤质监标函〔2008〕498号"]),
        ("yangzhou-2011", []),
        ("guangzhou-2013", []),
        ("guangdong-2010", []),
        ("guangdong-2018", ["国办函〔2018〕25号"]),
    ],
)
def test_the_documents_a_policy_names_by_number(
    policy_id: str, numbers: list[str], corpus: dict[str, Document]
) -> None:
    document = corpus[policy_id]
    assert [reference.doc_no for reference in document.policy.references] == numbers
    assert all(reference.title for reference in document.policy.references)
