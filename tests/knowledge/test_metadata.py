from __future__ import annotations

from datetime import date

import pytest

from knowledge.metadata import find_date, find_references, find_title, propose_place
from knowledge.model import TableRow
from knowledge.places import Gazetteer


@pytest.mark.parametrize(
    ("text", "title", "number"),
    [
        (
            "根据《关于推进自主创新实施质量强区战略的意见》(穗开管〔2008〕49号)精神",
            "关于推进自主创新实施质量强区战略的意见",
            "穗开管〔2008〕49号",
        ),
        ("《转发〈办法〉的通知》（国办函［2018］２５号）要求", "转发〈办法〉的通知", "国办函［2018］２５号"),
        ("按照穗开管〔2008〕49号文件精神", None, "穗开管〔2008〕49号"),
        ("发布日期:2010-01-15粤府〔2010〕1号━━━", None, "粤府〔2010〕1号"),
        ("依據《關於標準化工作的意見》（某府規〔2020〕12號）", "關於標準化工作的意見", "某府規〔2020〕12號"),
        ("参照国发(2015)13号执行", None, "国发(2015)13号"),
    ],
)
def test_a_document_named_by_number_is_read_out(text: str, title: str | None, number: str) -> None:
    (reference,) = find_references(text)
    assert (reference.title, reference.doc_no) == (title, number)
    assert number in text[reference.start : reference.end]
    if title:
        assert text[reference.start] == "《"
        assert text[reference.end - 1] in "）)"


def test_the_documents_own_number_is_no_reference_however_its_brackets_are_printed() -> None:
    text = "粤府〔2010〕1号 根据国办函〔2018〕25号和国办函[2018]25号"
    assert [r.doc_no for r in find_references(text, own_doc_no="粤府[2010]第1号")] == ["国办函〔2018〕25号"]


@pytest.mark.parametrize("text", ["2010年1号", "GB/T 19850-2004", "《标准化法》（2017年修订）", "第〔3〕项"])
def test_other_numbers_are_no_reference(text: str) -> None:
    assert find_references(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发布时间:2011年01月29日", date(2011, 1, 29)),
        ("二〇一一年一月二十四日", date(2011, 1, 24)),
        ("二○○九年十二月三十一日发布，2010-01-15登载", date(2009, 12, 31)),
        ("2010/1/5", date(2010, 1, 5)),
        ("2013年度", None),
        ("2011年13月40日", None),
    ],
)
def test_dates_in_either_numerals(text: str, expected: date | None) -> None:
    assert find_date(text) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("\n  某市标准化办法  \n第一条 …", "某市标准化办法"),
        ("首页 > 政务公开\n某市标准化办法\n一、目的", "某市标准化办法"),
        ("某市专项资金管理办法(试行)第一章总则第一条为规范管理，" + "制定本办法。" * 20, "某市专项资金管理办法(试行)"),
        (
            "没有标题的长句子，" + "一直写下去，" * 20 + "才结束。第二句。",
            "没有标题的长句子，" + "一直写下去，" * 11 + "一直写下去",
        ),
        ("━━━━━━\n", "━━━━━━"),
    ],
)
def test_the_title_is_the_first_line_or_what_looks_like_one(text: str, title: str) -> None:
    assert find_title(text) == title


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("扬州市关于加快推进技术标准战略的意见", "321000"),
        ("市政府办公室关于印发《扬州市标准化办法》的通知", "321000"),
        ("广东省广州市标准化战略实施纲要", "440100"),
        ("关于学习上海市标准化工作经验的通知", None),
        ("江苏省、浙江省标准一体化方案", None),
        ("鼓楼区标准化奖励办法", None),
        ("标准化工作意见", None),
        ("滨海市人民政府关于标准化的意见", None),
        ("云溪县标准化奖励办法", None),
        ("昆山市场监督管理局关于标准化的通知", "320583"),
    ],
)
def test_a_place_is_proposed_only_where_it_opens_the_title_and_is_the_only_one(
    title: str, code: str | None, gazetteer: Gazetteer
) -> None:
    place = propose_place(title, gazetteer)
    assert (place.code if place else None) == code


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("索引号：A-1\n发布机构：平州市人民政府\n平州市办法\n第一条 总则。", "平州市办法"),
        ("索引号：A-1\n名称：平州市办法\n第一条 总则。", "平州市办法"),
        ("平州市办法发布日期：2024-01-05\n第一条 总则。", "平州市办法"),
        ("发布日期：2024-01-05", "发布日期：2024-01-05"),
    ],
)
def test_lines_about_the_document_are_not_its_title(text: str, title: str) -> None:
    assert find_title(text) == title


def test_a_text_of_nothing_but_rows_has_no_title() -> None:
    row = "级别：国家标准；金额：30万元。"
    assert find_title(row, rows=[TableRow(start=0, end=len(row), table=1)]) == ""


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            "平州市市监局　平州市财政局\n关于印发《平州市办法》的通知\n平市监〔2024〕1号",
            "平州市市监局 平州市财政局关于印发《平州市办法》的通知",
        ),
        ("中共平州市委\n平市发〔2024〕1号\n关于推进标准化工作的意见", "关于推进标准化工作的意见"),
        (
            "关于印发《平州市标准化战略\n专项资金管理办法》的通知\n各区：",
            "关于印发《平州市标准化战略专项资金管理办法》的通知",
        ),
        ("平州市标准化奖励办法\n关于本办法的说明：略。", "平州市标准化奖励办法"),
        ("平州市标准化工作，成效明显。\n关于下一步工作，安排如下。", "平州市标准化工作，成效明显。"),
    ],
)
def test_a_title_goes_on_below_the_office_that_issues_it(head: str, title: str) -> None:
    assert find_title(f"{head}\n第一条 为推进标准化，制定本办法。\n") == title
