from __future__ import annotations

from itertools import pairwise

import pytest

from knowledge.cleaning import blanks, clean, is_scrambled
from knowledge.model import DropReason

PAGE = "标准化工作是一项基础性工作，各部门要高度重视，加强领导，落实责任，确保各项任务按期完成，" * 3


def dropped(text: str, reason: DropReason) -> list[str]:
    return [text[d.start : d.end] for d in clean(text) if d.reason == reason]


LINKS = "相关链接：\n政策解读：主导制定国际标准的最高奖励100万元\n图解：国家标准资助50万元\n"


def test_titles_of_other_pages_are_no_part_of_the_document() -> None:
    body = f"第一条 总则。\n第二条 奖励60万元。\n{PAGE}。\n"
    assert dropped(body + LINKS, "site_chrome") == LINKS.splitlines()


@pytest.mark.parametrize("line", ["第三条 奖励20万元", "奖励办法另行制定。", "附件：申报表", "（三）奖励20万元"])
def test_what_follows_them_and_is_of_the_document_is_kept(line: str) -> None:
    body = f"第一条 总则。\n第二条 奖励60万元。\n{PAGE}。\n"
    assert dropped(f"{body}相关链接：\n{line}\n完\n", "site_chrome") == ["相关链接："]


@pytest.mark.parametrize(
    ("amount", "count"),
    [
        ("6 0万元", 1),
        ("600 000元", 1),
        ("1 200 500元", 2),
        ("1 5万元", 0),
        ("1 0.5万元", 0),
        ("1 200元", 0),
        ("2 30项", 0),
    ],
)
def test_blanks_within_one_amount_are_dropped_and_others_kept(amount: str, count: int) -> None:
    assert dropped(f"每项奖励 {amount}。\n", "line_wrap") == [" "] * count


def test_references_to_notes_are_no_words_of_the_sentence() -> None:
    assert dropped("奖励60[注1]万元[尾注2]。\n[注1] 限前两名。\n", "gloss") == ["[注1]", "[尾注2]"]
    assert dropped("奖励60¹万元¹²，面积30m²，约10⁵元。\n", "gloss") == ["¹", "¹²"]


@pytest.mark.parametrize(
    "line",
    [
        "会员/用户快速登录",
        "账\xa0\xa0号:",
        "验证码:",
        "忘记密码?入会申请/ 用户注册",
        "更多>>近期培训",
        "【打印此页】",
        "【打印】 【关闭】",
        "当前位置：首页 > 政务公开 > 政策文件",
        "首页 > 政务公开 > 通知公告",
        "浏览次数：1234",
        "分享到：",
        "上一篇：关于开展标准化工作的通知",
        "【字体：大 中 小】",
        "版权所有：某市人民政府",
        "苏ICP备05000000号",
        "網站首頁 > 政務公開",
    ],
)
def test_page_furniture_is_dropped(line: str) -> None:
    text = f"某市标准化办法\n{line}\n一、总则\n本办法适用于本市。"
    assert dropped(text, "site_chrome") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "转发省质监局关于加强标准化工作的通知",
        "分享标准化工作经验，推动成果转化。",
        "更多企业参与标准制定",
        "返回市财政的结余资金",
        "政策解读由市质监局负责。",
        "主办：市质监局",
        "关闭落后产能",
        "密码应用标准",
    ],
)
def test_lines_that_only_resemble_page_furniture_stay(line: str) -> None:
    assert clean(f"某市标准化办法\n{line}\n一、总则\n本办法适用于本市。") == []


def test_furniture_within_a_line_is_dropped_too() -> None:
    assert dropped("本办法自发布之日起施行。【打印此页】【关闭窗口】", "site_chrome") == [
        "【打印此页】",
        "【关闭窗口】",
    ]


def test_page_marks_that_count_pages_are_dropped_even_within_a_sentence() -> None:
    text = f"-1-{PAGE}成为首善之区的-2-成果展示区。{PAGE}研制“联-3-盟标准”，{PAGE}针对性。-4-1.与研究院合作。"
    assert dropped(text, "page_mark") == ["-1-", "-2-", "-3-", "-4-"]


@pytest.mark.parametrize(
    "text",
    [
        f"争取设立3-5个工作组，{PAGE}符合GB/T19850-2004标准，{PAGE}甲基-2-丙醇。",
        f"第1-2-3名，{PAGE}A-1-B型，{PAGE}2010-01-15发布。",
        f"电话0514-2-3456，{PAGE}项目-7-号，{PAGE}-3-。",
        "2-甲基-2-丙醇和3-甲基-3-戊醇",
        f"见第3页，{PAGE}填写第5页。",
        "项目\n1\n国际标准\n2\n国家标准\n3\n行业标准\n",
    ],
)
def test_numbers_that_count_no_pages_stay(text: str) -> None:
    assert dropped(text, "page_mark") == []


def test_a_page_mark_in_a_line_of_its_own_takes_the_line_breaks_within_a_sentence_along() -> None:
    text = f"{PAGE}建成\n- 1 -\n示范区。\n— 2 —\n二、任务\n"
    assert dropped(text, "page_mark") == ["\n- 1 -\n", "— 2 —"]


def test_a_line_beside_every_page_mark_is_a_running_head() -> None:
    head = "南江市标准化奖励办法"
    text = (
        f"{head}\n每项分别奖励60万元、\n- 1 -\n{head}\n30万元。参与制定的，\n- 2 -\n{head}\n每项奖励5万元。\n"
        f"一、附则\n- 3 -\n二、{head}自印发之日起施行。\n"
    )
    assert dropped(text, "page_mark") == [f"\n- 1 -\n{head}\n", f"\n- 2 -\n{head}\n", "- 3 -"]


def test_bare_numbers_of_a_table_count_no_pages() -> None:
    row = "主持制定国家标准，每项标准按照正式发布的文本和公告计算一次，同一标准只奖励一家单位"
    text = "".join(f"{number}\n{row * 3}\n{amount}\n" for number, amount in ((1, 40), (2, 24), (3, 12), (4, 8), (5, 3)))
    assert dropped(text, "page_mark") == []


def test_numbered_pages_and_page_counts_are_dropped() -> None:
    text = f"{PAGE}\n第1页 共3页\n{PAGE}\n第2页 共3页\n{PAGE}\n1/3\n{PAGE}\n2/3\n"
    assert dropped(text, "page_mark")[:2] == ["\n第1页 共3页\n", "\n第2页 共3页\n"]


def test_rules_are_dropped_but_blanks_of_a_form_and_dashes_of_a_list_stay() -> None:
    text = "粤府〔2010〕1号━━━━━━关于标准化的通知\n*****\n姓名：______\n——建成示范区。\n-----\n等等……"
    assert dropped(text, "separator") == ["━━━━━━", "*****", "-----"]


NEWS = (
    "我省推进标准化\n云栖网:近日,省政府印发《建设方案》。一是制定规划。\n附方案全文:\n建设方案\n"
    "一、总体要求\n制定本方案。\n二、任务\n" + "推进工作。\n" * 20
)


def test_the_news_item_in_front_of_a_document_is_dropped_with_its_title_and_its_mark() -> None:
    (lead,) = dropped(NEWS, "news_lead")
    assert lead.startswith("我省推进标准化")
    assert lead.endswith("附方案全文:")


@pytest.mark.parametrize(
    "text",
    [
        NEWS.replace("近日,", "").replace("云栖网:", ""),
        "各市人民政府：\n近日收到来函，现将方案全文如下：一、总体要求。\n二、任务。\n" + "推进工作。\n" * 20,
        "一、任务\n" + "推进工作。\n" * 40 + "近日\n附方案全文：\n见网站。",
    ],
)
def test_an_announcement_that_is_part_of_the_document_stays(text: str) -> None:
    assert dropped(text, "news_lead") == []


def test_a_sentence_that_repeats_at_once_is_dropped_once() -> None:
    text = "各单位要加强标准化工作组织领导。各单位要加强标准化工作组织领导。落实责任。"
    assert dropped(text, "repeated") == ["各单位要加强标准化工作组织领导。"]
    assert clean(text)[0].start == len(text) // 2 - 2


def test_a_sentence_may_recur_below_another_heading() -> None:
    text = "一、国际标准\n由市财政给予每个产品1万元的奖励。\n二、国家标准\n由市财政给予每个产品1万元的奖励。\n"
    assert clean(text) == []


def test_a_passage_that_was_copied_twice_is_kept_once() -> None:
    passage = "".join(
        f"第{word}项工作是全面推进标准化示范区建设和管理工作，抓好任务落实，确保取得实际成效，按期完成各项目标。"
        for word in "甲乙丙丁戊"
    )
    text = f"一、任务\n{passage}\n二、其他\n各单位要落实责任。\n{passage}"
    assert dropped(text, "repeated") == [passage]


SCRAMBLED = (
    "三、主要任务。（一）建立标准体系。加强基础研究工作，提高标准水平。促进经济社会科学发展再上台阶。"
    "建立有效应对贸易措施的工作机制。二、主要目标。——应对能力明显提高。建立有效应对贸易措施的工作机制。"
    "一、指导思想。加强基础研究工作，提高标准水平。5．其他。2．完善技术标准服务支撑体系。7．加强考核。4．落实资金。"
)


def test_a_text_with_repeats_and_numbers_out_of_order_is_scrambled() -> None:
    assert is_scrambled(SCRAMBLED)
    assert not is_scrambled("一、目标。加强基础研究工作，提高标准水平。二、任务。加强基础研究工作，提高标准水平。")
    assert not is_scrambled("三、目标。加强基础研究工作。一、任务。二、其他。一、目标。")


def test_of_the_copies_in_a_scrambled_text_the_one_below_a_heading_is_kept() -> None:
    kept = SCRAMBLED
    for text in dropped(SCRAMBLED, "repeated"):
        assert SCRAMBLED.count(text) == 2
        kept = kept.replace(text, "", 1) if "应对贸易" in text else kept
    assert "——应对能力明显提高。建立有效应对贸易措施的工作机制。" in kept


def test_a_copy_that_breaks_the_numbering_is_not_below_the_heading_in_front_of_it() -> None:
    # 制定实施地方标准… is followed by the next dash in one place and by a sentence of item 4 in the other.
    goal = "——标准体系基本建成。制定实施一批地方标准，提高转化率。"
    farming = "加大农业示范区建设力度，推动农业发展。"
    text = (
        f"{goal}——参与国际活动能力提升。3．开展高新技术标准研制。{goal}{farming}"
        f"4．加快现代农业建设。以优质粮食为重点建立农业标准体系。{farming}1．开展宣传。2．考核。7．检查。5．督办。9．通报。"
    )
    assert is_scrambled(text)
    places = [d.start for d in clean(text) if text[d.start : d.end].endswith(farming)]
    assert places
    assert text.rindex(farming) not in places


def test_white_space_is_accounted_for_and_nothing_else_is() -> None:
    assert [(d.start, d.end, d.reason) for d in blanks(" 甲 \n乙", [(1, 2), (4, 5)])] == [
        (0, 1, "blank"),
        (2, 4, "blank"),
    ]
    with pytest.raises(ValueError, match="'乙' after 2"):
        blanks(" 甲 \n乙", [(1, 2)])


def test_what_is_dropped_is_ascending_and_apart() -> None:
    spans = clean(NEWS + SCRAMBLED + "【打印此页】\n━━━━\n")
    assert spans == sorted(spans, key=lambda d: d.start)
    assert all(first.end <= second.start for first, second in pairwise(spans))
