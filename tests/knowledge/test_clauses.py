from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.clauses import MAX_CLAUSE, cut, split
from knowledge.cleaning import clean
from knowledge.model import Clause, DroppedSpan, TableRow


def clauses_of(text: str) -> dict[str, Clause]:
    return {clause.clause_id.removeprefix("p/"): clause for clause in cut("p", text)[0]}


def said(text: str, clause: Clause) -> list[str]:
    return [text[slice(*sentence)] for sentence in clause.sentences]


def check(text: str, clauses: tuple[Clause, ...], dropped: tuple[DroppedSpan, ...]) -> None:
    """Every invariant of a cut text."""
    owners = [0] * len(text)
    for clause in clauses:
        assert 0 < len(clause.text) <= MAX_CLAUSE
        assert clause.text == clause.text.strip() == "".join(text[slice(*span)] for span in clause.spans)
        assert list(clause.spans) == sorted(clause.spans)
        for span in clause.spans:
            assert 0 <= span.start < span.end <= len(text)
            for index in range(*span):
                owners[index] += 1
        assert clause.sentences
        at = clause.start
        for start, end in clause.sentences:
            assert at <= start < end <= clause.end
            assert text[start:end] == text[start:end].strip()
            at = end
    for span in dropped:
        assert span.reason != "blank" or not text[span.start : span.end].strip()
        for index in range(span.start, span.end):
            owners[index] += 1
    assert set(owners) <= {1}
    ids = [clause.clause_id for clause in clauses]
    assert len(set(ids)) == len(ids)
    assert [clause.start for clause in clauses] == sorted(clause.start for clause in clauses)
    assert list(dropped) == sorted(dropped, key=lambda span: span.start)


WORDS = [
    "标准化",
    "企业应当制定标准",
    "奖励60万元",
    "“三同步”",
    "GB/T 1.1—2020",
    "按照第三条规定",
    "2011.1.24",
    "（试行）",
    "TC/SC/WG",
    "《标准化办法》",
]
NOISE = [
    "-1-",
    "\n- 2 -\n",
    "【打印此页】",
    "更多>>\n",
    "━━━━",
    "首页 > 政策\n",
    "\u3000\u3000",
    "\xa0",
    "\r\n",
    " " * 30,
    "附方案全文:\n",
    "近日",
    "第3页",
    "\u200b",
    "發布時間：2011-01-01\n",
    "二〇一一年一月二十四日\n",
    "附件：1.表\n",
    "附件1\n",
    "“",
    "（",
    "》",
]
BREAKS = ["\n", "", "\n\n    "]
STOPS = ["。", "；", "，", "", "：", "！"]


SHAPES = ["{}、", "（{}）", "{n}.", "（{n}）", "第{}条 ", "第{}章 ", "——", "①", ""]
PHRASES = st.builds(
    lambda word, times, stop: word * times + stop,
    st.sampled_from(WORDS),
    st.sampled_from([1, 1, 1, 3, 60]),
    st.sampled_from(STOPS),
)


@st.composite
def policies(draw: st.DrawFn) -> str:
    """A policy with a random outline, random prose and random noise."""
    parts = [draw(st.sampled_from(["关于标准化的意见\n", "", "某市办法第一章总则"]))]
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=5))
    for _ in range(draw(st.integers(0, 14))):
        number = draw(st.integers(1, 9))
        parts.append(draw(st.sampled_from(shapes)).format("一二三四五六七八九"[number - 1], n=number))
        parts.append(draw(st.sampled_from(["", "指导思想", "总体目标\n", "加强领导。", "申报条件：\n"])))
        parts += draw(st.lists(PHRASES, max_size=6))
        parts += draw(st.lists(st.sampled_from(NOISE), max_size=1))
        parts.append(draw(st.sampled_from(BREAKS)))
    copies = 2 if draw(st.integers(0, 9)) == 0 else 1
    return "".join(parts) * copies


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies())
def test_every_character_of_any_policy_is_in_one_clause_or_dropped_with_a_reason(text: str) -> None:
    check(text, *cut("p", text))


@settings(max_examples=80, deadline=None)
@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=200)
    | st.text(alphabet="一二、.1（）(\n。：-标 ", max_size=200)
)
def test_the_same_holds_for_any_text_at_all(text: str) -> None:
    check(text, *cut("p", text))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies())
def test_cutting_is_stable_and_split_keeps_out_of_what_was_dropped(text: str) -> None:
    dropped = clean(text)
    clauses = split("p", text, dropped)
    assert clauses == split("p", text, dropped)
    gone = {index for span in dropped for index in range(span.start, span.end)}
    assert not any(index in gone for clause in clauses for span in clause.spans for index in range(*span))


def test_an_item_is_a_clause_with_its_address_and_its_bare_number() -> None:
    tail = "并认真做好各项具体工作的组织实施和监督检查，确保各项任务取得实效"
    text = f"四、保障措施\n1、加强领导。{tail}甲。\n2、加强宣传。{tail}乙。\n3、分层次激励。{tail}丙。\n"
    clauses = clauses_of(text)
    assert list(clauses) == ["4/1", "4/2", "4/3"]
    assert clauses["4/3"].path == ("四、保障措施", "3")
    assert clauses["4/1"].text.startswith("四、保障措施\n1、加强领导。")
    assert clauses["4/3"].text == f"3、分层次激励。{tail}丙。"
    assert said(text, clauses["4/3"]) == ["分层次激励。", f"{tail}丙。"]


def test_paragraphs_below_a_heading_are_numbered_and_little_ones_join_their_neighbours() -> None:
    long = "标准化工作要坚持企业主导、政府引导、社会参与的方针，全面提升各行业各领域标准化水平，服务经济社会发展大局"
    text = f"二、总体目标\n{long}甲。\n工业标准化：\n{long}乙。\n{long}丙。\n完。\n三、其他\n{long}丁。\n"
    clauses = clauses_of(text)
    assert list(clauses) == ["2/p1", "2/p2", "2/p3", "3/p1"]
    assert clauses["2/p1"].path == ("二、总体目标",)
    assert said(text, clauses["2/p2"]) == [f"工业标准化：\n{long}乙。"]
    assert clauses["2/p3"].text == f"{long}丙。\n完。"


def test_a_heading_line_with_an_end_mark_is_a_heading_where_its_whole_row_is() -> None:
    body = "坚持高端化、集群化、智能化发展方向，加强各产业标准化工作，以标准创新推动产业结构调整和优化升级"
    text = f"四、任务\n（一）加强产业标准化。\n{body}甲。\n（二）强化公共服务标准化。\n{body}乙。\n"
    clauses = clauses_of(text)
    assert clauses["4/1/p1"].path == ("四、任务", "（一）加强产业标准化")
    assert said(text, clauses["4/1/p1"]) == [f"{body}甲。"]


def test_a_short_sentence_in_a_line_of_its_own_is_no_heading_where_its_row_has_none() -> None:
    body = "坚持高端化、集群化、智能化发展方向，加强各产业标准化工作，以标准创新推动产业结构调整和优化升级"
    text = f"四、任务\n（一）对获奖企业给予通报表扬。\n{body}甲。\n（二）经费由市财政安排，{body}乙。\n"
    assert said(text, clauses_of(text)["4/1"]) == ["对获奖企业给予通报表扬。", f"{body}甲。"]


def test_a_heading_is_never_alone() -> None:
    text = "某市办法\n第一章 总则\n第一条 为规范管理，制定本办法。\n第二章 附则\n"
    clauses = clauses_of(text)
    assert list(clauses) == ["1/1"]
    assert clauses["1/1"].text.endswith("第二章 附则")
    assert said(text, clauses["1/1"]) == ["为规范管理，制定本办法。"]


def test_a_title_sentence_names_an_item_that_has_items_below_it_and_its_row() -> None:
    tail = "，全面提升各行业各领域标准化水平，服务经济社会发展大局，推动高质量发展取得新的更大成效。"
    text = (
        f"三、任务\n（一）实施引领计划。以六大产业为重点{tail}\n1.推进研究{tail}\n2.加强采标{tail}\n"
        f"（二）实施交流计划。走出去{tail}\n"
    )
    clauses = clauses_of(text)
    assert [clause.path for clause in clauses.values()] == [
        ("三、任务", "（一）实施引领计划"),
        ("三、任务", "（一）实施引领计划", "1"),
        ("三、任务", "（一）实施引领计划", "2"),
        ("三、任务", "（二）实施交流计划"),
    ]


def test_short_items_are_read_together_with_what_leads_them_in() -> None:
    text = (
        "第五条 申请单位应当具备下列条件：\n（一）在本市注册；\n（二）信用良好；\n（三）主导制定标准。\n"
        "第六条 本办法由市质监局解释。\n"
    )
    clauses = clauses_of(text)
    assert list(clauses) == ["5", "6"]
    assert clauses["5"].path == ("第五条",)
    assert said(text, clauses["5"]) == [
        "申请单位应当具备下列条件：\n（一）在本市注册；",
        "信用良好；",
        "主导制定标准。",
    ]


def test_many_short_items_fill_several_clauses() -> None:
    items = "".join(f"（{number}）符合第{number}项标准化工作要求并取得明显成效；\n" for number in range(1, 31))
    clauses = clauses_of(f"一、条件：\n{items}二、其他事项由市质监局另行规定。\n")
    assert next(iter(clauses)) == "1"
    assert all(len(clause.text) <= 400 for clause in clauses.values())
    assert clauses["1"].text.startswith("一、条件：")


def test_a_long_item_is_cut_at_sentence_ends_and_its_parts_keep_its_address() -> None:
    sentences = [
        f"鼓励企业参与第{n}类国际标准、国家标准、行业标准的研制工作，不断提高标准化水平。" for n in range(10, 40)
    ]
    text = f"一、任务\n1、推进研制。{''.join(sentences)}\n2、其他。{sentences[0]}\n"
    clauses = clauses_of(text)
    assert list(clauses) == ["1/1", "1/1~2", "1/1~3", "1/2"]
    parts = [clauses[name] for name in ("1/1", "1/1~2", "1/1~3")]
    assert {part.path for part in parts} == {("一、任务", "1")}
    assert [line for part in parts for line in said(text, part)] == ["推进研制。", *sentences]
    assert max(len(part.text) for part in parts) - min(len(part.text) for part in parts) <= 2 * len(sentences[0])


@pytest.mark.parametrize(
    ("mark", "unit"), [("；", "对制定国际标准的企业给予奖励"), ("，", "国际标准"), ("", "标准化"), (" ", "standard")]
)
def test_a_sentence_that_is_too_long_is_cut_at_the_best_mark_it_has(mark: str, unit: str) -> None:
    text = f"一、任务\n{(unit + mark) * 400}。\n二、其他\n完。\n"
    clauses, dropped = cut("p", text)
    check(text, clauses, dropped)
    assert all(clause.text.endswith((mark.strip() or unit[-1], "。")) or not mark for clause in clauses)


def test_running_text_is_packed_without_cutting_sentences() -> None:
    lines = [
        f"第{number}段讲述标准化工作的历史和经验，总结各地做法，提出今后一个时期的努力方向。" for number in range(1, 40)
    ]
    text = "标准化工作综述\n" + "\n".join(lines)
    clauses = clauses_of(text)
    assert list(clauses) == [f"p{number}" for number in range(1, len(clauses) + 1)]
    assert all(clause.path == () and clause.kind == "body" for clause in clauses.values())
    assert all(200 <= len(clause.text) <= 400 for clause in list(clauses.values())[:-1])
    assert [line for clause in clauses.values() for line in said(text, clause)] == lines


def test_one_line_without_outline_is_packed_by_sentences() -> None:
    text = "标准化工作要坚持企业主导。" * 3 + "".join(f"第{n}条经验是加强领导、落实责任。" for n in range(100, 180))
    clauses = clauses_of(text)
    assert all(len(clause.text) <= 400 and clause.text.endswith("。") for clause in clauses.values())


def test_front_matter_metadata_and_signature_have_addresses_of_their_own() -> None:
    text = (
        "市政府关于印发《标准化实施意见》的通知\n发布部门:市政府\n发布时间:2011年01月29日\n有效性:未知\n"
        "各县人民政府:\n《标准化实施意见》已经研究通过，现印发给你们。\n二〇一一年一月二十四日\n"
        "标准化实施意见\n为推进标准化，制定本意见。\n一、目标\n提升水平。\n二、任务\n落实责任。\n"
        "附件：1.名单\n市政府办公室\n2011年1月24日\n"
    )
    clauses = clauses_of(text)
    assert {name: clause.kind for name, clause in clauses.items()} == {
        "meta/1": "metadata",
        "front/1": "front",
        "front/2": "front",
        "1/p1": "body",
        "2/p1": "body",
        "end/1": "front",
    }
    assert said(text, clauses["meta/1"]) == ["发布部门:市政府", "发布时间:2011年01月29日", "有效性:未知"]
    assert clauses["front/1"].text.endswith("二〇一一年一月二十四日")
    assert said(text, clauses["front/2"]) == ["为推进标准化，制定本意见。"]


def test_an_outline_that_starts_anew_is_a_part_of_its_own() -> None:
    text = (
        "关于印发《奖励办法》的通知\n一、各单位要高度重视。\n二、请于5月前上报。\n某市质监局\n2015年6月3日\n"
        "奖励办法\n为激励先进，制定本办法。\n一、资助范围\n本市企业。\n二、资助标准\n国际标准60万元。\n"
    )
    clauses = clauses_of(text)
    assert list(clauses) == ["1", "2", "end/1", "end/2", "part2/1/p1", "part2/2/p1"]
    assert clauses["part2/2/p1"].path == ("二、资助标准",)
    assert clauses["end/2"].kind == "body"


def test_unnumbered_headings_of_the_word_list_lead_lists_and_paragraphs() -> None:
    text = (
        "某市项目申报指南\n申报条件\n1.在本市注册；\n2.信用良好。\n申报材料\n1.申请表；\n2.营业执照。\n"
        "资助额度\n国际标准80万元。\n联系方式\n联系人：张三\n"
    )
    clauses = clauses_of(text)
    assert [clause.path for clause in clauses.values()] == [("申报条件",), ("申报材料",), ("资助额度",), ("联系方式",)]
    assert said(text, clauses["part2/1"]) == ["申请表；", "营业执照。"]


def test_a_text_without_line_breaks_is_cut_like_one_with_them() -> None:
    text = (
        "某市专项资金管理办法第一章总则第一条为规范管理，制定本办法。第二条资金按照第三条规定使用。"
        "第二章资助标准第三条主导单位每项奖励100万元。第四条依据第二章规定执行。第三章附则第五条自2018年1月1日起施行。"
    )
    clauses = clauses_of(text + "第六条本办法由市质监局负责解释，" + "未尽事宜由市质监局另行规定，" * 12 + "。")
    assert list(clauses) == ["1/1", "1/2", "2/3", "2/4", "3/5", "3/6"]
    assert clauses["2/3"].path == ("第二章资助标准", "第三条")
    assert clauses["1/1"].text.startswith("某市专项资金管理办法第一章总则")


def test_items_with_arabic_numbers_may_hold_items_with_bracketed_ones() -> None:
    long = "由市财政在标准化专项资金中安排，经市政府批准后执行，逾期不予受理，" * 2 + "每年公布一次结果；"
    text = (
        f"1、支持制定\n（一）国际标准{long}\n（二）国家标准{long}\n"
        f"2、支持采用\n（一）采标{long}\n（二）认证{long}\n3、附则\n自发布之日起施行。\n"
    )
    assert list(clauses_of(text)) == ["1/1", "1/2", "2/1", "2/2", "3/p1"]


def test_an_annex_is_an_item_of_its_own() -> None:
    text = (
        "关于考核的通知\n（一）提高认识。\n（二）落实责任。\n附件1\n考核评分表\n一、机构\n"
        "成立领导小组得10分。\n二、制度\n制定制度得30分。\n"
    )
    clauses = clauses_of(text)
    assert clauses["a1/1/p1"].path == ("附件1 考核评分表", "一、机构")


SENTENCES = (
    "加强基础标准研究工作，提高产品质量水平。",
    "完善公共服务标准体系，促进社会公平正义。",
    "推动龙头企业组建标准联盟，实现专利共享。",
)
SCRAMBLED = (
    f"关于标准化的意见\n三、主要任务（一）建立体系。{SENTENCES[0]}5．完善服务。{SENTENCES[1]}\n"
    f"一、指导思想以科学发展观为指导推进工作。{SENTENCES[0]}（二）加强建设。7．推进采标。——提高水平。{SENTENCES[2]}\n"
    f"2．开展宣传。{SENTENCES[1]}{SENTENCES[2]}4．加强考核。做好全省标准化工作考核评价。"
)


def test_a_scrambled_text_gets_no_outline() -> None:
    clauses, dropped = cut("p", SCRAMBLED)
    check(SCRAMBLED, clauses, dropped)
    assert [clause.clause_id for clause in clauses] == [f"p/s{number}" for number in range(1, len(clauses) + 1)]
    assert {clause.path for clause in clauses} == {()}
    kept = "".join(clause.text for clause in clauses)
    assert all(kept.count(sentence) == 1 for sentence in SENTENCES)


def test_a_title_without_text_of_its_own_stays_with_what_was_before_it_in_a_scrambled_text() -> None:
    texts = [clause.text for clause in cut("p", SCRAMBLED)[0]]
    (dash,) = [text for text in texts if "——提高水平" in text]
    assert dash.startswith("——")
    assert any(text.endswith("（二）加强建设。7．推进采标。") for text in texts)


def test_a_sentence_that_a_page_mark_interrupts_can_be_quoted_literally() -> None:
    page = "推进标准化工作，落实各项任务，" * 10
    text = f"一、任务{page}建成首善之区的-1-成果展示区。二、目标{page}研制“联-2-盟标准”。"
    clauses, _ = cut("p", text)
    (clause,) = [clause for clause in clauses if "成果展示区" in clause.text]
    assert len(clause.spans) == 2
    assert "的成果展示区。" in clause.text
    assert "的-1-成果展示区。" in text[slice(*clause.sentences[0])]


def test_both_scripts_and_line_ends_are_cut_alike() -> None:
    simplified = (
        "关于标准化工作的意见\n一、总体要求\n（一）指导思想\n全面推进标准化。\n（二）基本原则\n企业为主。\n"
        "二、保障措施\n加强领导。\n"
    )
    traditional = (
        "關於標準化工作的意見\r\n一、總體要求\r\n（一）指導思想\r\n全面推進標準化。\r\n（二）基本原則\r\n"
        "企業為主。\r\n二、保障措施\r\n加強領導。\r\n"
    )
    assert list(clauses_of(simplified)) == list(clauses_of(traditional))


def test_white_space_within_a_clause_is_kept_short() -> None:
    clauses = clauses_of("一、任务\n" + "\n" * 300 + " " * 300 + "落实责任。\n二、其他\n完。\n")
    assert clauses["1/p1"].text == "一、任务\n落实责任。"


def test_nothing_gives_no_clause() -> None:
    assert cut("p", " \n\t ")[0] == ()
    assert re.fullmatch(r"p/\w+", cut("p", "标准化")[0][0].clause_id)


def test_a_row_of_a_table_is_a_clause_below_the_item_it_stands_in() -> None:
    rows = ("级别：国际标准；金额：60万元。备注：限前两名。", "级别：国家标准；金额：30万元。")
    text = (
        f"第一条 为规范奖励，制定本办法。\n第二条 奖励标准如下表：\n{rows[0]}\n{rows[1]}\n第三条 自发布之日起施行。\n"
    )
    spans = [TableRow(start=text.index(row), end=text.index(row) + len(row), table=1, path=("奖励表",)) for row in rows]
    clauses, _ = cut("a", text, rows=spans)
    assert [(c.clause_id, c.path[-1]) for c in clauses] == [
        ("a/1", "第一条"),
        ("a/2", "第二条"),
        ("a/t1/1", "奖励表"),
        ("a/t1/2", "奖励表"),
        ("a/3", "第三条"),
    ]
    assert [text[slice(*c.sentences[0])] for c in clauses[2:4]] == list(rows)


def test_a_heading_goes_with_the_first_row_below_it_and_a_long_row_is_cut() -> None:
    row = "级别：国家标准；" + "说明：甲；" * 150 + "备注：乙。"
    text = f"一、奖励标准\n{row}\n二、附则\n本办法自发布之日起施行。\n"
    start = text.index(row)
    clauses, _ = cut("a", text, rows=[TableRow(start=start, end=start + len(row), table=1)])
    assert [c.clause_id for c in clauses] == ["a/t1/1", "a/t1/1~2", "a/2/p1"]
    assert clauses[0].text.startswith("一、奖励标准\n级别")
    assert all(len(c.text) <= MAX_CLAUSE for c in clauses)


def test_what_the_format_shows_to_be_no_part_of_the_document_is_in_no_clause() -> None:
    text = "首页\n首页\n办法\n第一条 给予一次性奖\n— 1 —\n励60万元。\n"
    marks = [(0, 6, "site_chrome"), (text.index("\n—"), text.index("励"), "page_mark")]
    clauses, dropped = cut("a", text, [DroppedSpan(start=s, end=e, reason=r) for s, e, r in marks])
    assert [c.text for c in clauses] == ["办法\n第一条 给予一次性奖励60万元。"]
    assert [(d.start, d.end, d.reason) for d in dropped if d.reason != "blank"] == marks
