from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import knowledge
from knowledge.quantities import Quantity, find_quantities, format_yuan_en, format_yuan_zh, money_yuan


def shown(text: str) -> list[tuple[str, str]]:
    """Each quantity as its words and `value unit`, with the bound and the other end of a range where there is one."""
    return [(q.text, _value(q)) for q in find_quantities(text)]


def _value(q: Quantity) -> str:
    sign = {"exact": "", "up_to": "≤", "at_least": "≥"}[q.bound]
    upper = f"..{q.upper}" if q.upper is not None else ""
    return f"{sign}{q.value}{upper} {q.unit}".rstrip()


class TestMoney:
    @pytest.mark.parametrize(
        ("text", "yuan"),
        [
            ("60万元", 600_000),
            ("60 万元", 600_000),
            (" 60万元 ", 600_000),
            ("1.5亿元", 150_000_000),
            ("500元", 500),
            ("5000万元", 50_000_000),
            ("六十万元", 600_000),
            ("十五万", 150_000),
            ("两万", 20_000),
            ("三百五十万元", 3_500_000),
            ("一亿二千万元", 120_000_000),
            ("壹拾伍万元", 150_000),
            ("3万5千元", 35_000),
            ("600,000元", 600_000),
            ("60萬元", 600_000),
            ("６０万元", 600_000),
            ("RMB 150,000", 150_000),
            ("RMB150,000", 150_000),
            ("CNY 1.5 million", 1_500_000),
            ("¥150,000.00", 150_000),
            ("￥15万", 150_000),
            ("150,000 yuan", 150_000),
            ("150k yuan", 150_000),
            ("15 wan yuan", 150_000),
            ("sixty thousand yuan", 60_000),
            ("15万块", 150_000),
            ("60w", 600_000),
            ("人民币15万元", 150_000),
            ("15万元人民币", 150_000),
        ],
    )
    def test_one_amount_in_any_spelling(self, text: str, yuan: int) -> None:
        assert money_yuan(text) == yuan

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "60",
            "万元",
            "60万元和20万元",
            "3-5万元",
            "最高60万元",
            "60家",
            "98%",
            "0.5元",
            "1.00001万元",
            "USD 100",
            "2011年",
            "〔2010〕1号",
            "一二万元",
        ],
    )
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="expected"):
            money_yuan(text)

    @given(st.integers(0, 10**12))
    def test_what_is_formatted_in_chinese_reads_back_exactly(self, yuan: int) -> None:
        assert money_yuan(format_yuan_zh(yuan)) == yuan

    @given(st.integers(0, 10**12))
    def test_what_is_formatted_in_english_reads_back_exactly(self, yuan: int) -> None:
        assert money_yuan(format_yuan_en(yuan)) == yuan

    @pytest.mark.parametrize(
        ("yuan", "zh", "en"),
        [
            (150_000, "15万元", "RMB 150,000"),
            (15_000, "1.5万元", "RMB 15,000"),
            (8_000, "8000元", "RMB 8,000"),
            (120_000_000, "12000万元", "RMB 120,000,000"),
            (100_000_000, "1亿元", "RMB 100,000,000"),
            (123_450_000, "12345万元", "RMB 123,450,000"),
            (12_340, "12340元", "RMB 12,340"),
            (0, "0元", "RMB 0"),
        ],
    )
    def test_format(self, yuan: int, zh: str, en: str) -> None:
        assert (format_yuan_zh(yuan), format_yuan_en(yuan)) == (zh, en)


class TestLists:
    @pytest.mark.parametrize(
        ("text", "values"),
        [
            ("60、20、15万元", [600_000, 200_000, 150_000]),
            ("60,20,15万元", [600_000, 200_000, 150_000]),
            ("500,300,200万元", [5_000_000, 3_000_000, 2_000_000]),
            ("60 、20 和 15 万元", [600_000, 200_000, 150_000]),
            ("奖励60万、20万、15万", [600_000, 200_000, 150_000]),
            ("60万元、20万元、15万元、5万元和 2万元", [600_000, 200_000, 150_000, 50_000, 20_000]),
            ("50和30万元", [500_000, 300_000]),
            ("3000、2000元", [3_000, 2_000]),
            ("60万、8000元", [600_000, 8_000]),
            ("人民币60、30、20万元", [600_000, 300_000, 200_000]),
            ("¥60万、30万元", [600_000, 300_000]),
            ("人民币60元、30万元", [60, 300_000]),
            ("各奖六十、三十、十万元", [600_000, 300_000, 100_000]),
            ("60、30、壹拾万元", [600_000, 300_000, 100_000]),
            ("获二、三等奖十万元", [100_000]),
        ],
    )
    def test_a_unit_at_the_end_is_shared(self, text: str, values: list[int]) -> None:
        assert [int(q.value) for q in find_quantities(text) if q.kind == "money"] == values

    def test_a_borrowed_unit_is_marked_and_stays_out_of_the_words(self) -> None:
        first, last = find_quantities("50和30万元")

        assert (first.text, first.shared_unit, last.text, last.shared_unit) == ("50", True, "30万元", False)

    def test_counts_share_their_unit_too_but_not_across_a_comma(self) -> None:
        assert shown("3、5项") == [("3", "3 项"), ("5项", "5 项")]
        assert shown("达到100,5项") == [("100", "100"), ("5项", "5 项")]

    def test_a_bound_holds_for_the_whole_list(self) -> None:
        assert shown("最高20万元、10万元") == [("20万元", "≤200000 CNY"), ("10万元", "≤100000 CNY")]
        assert shown("20万元、10万元以内") == [("20万元", "≤200000 CNY"), ("10万元", "≤100000 CNY")]
        assert shown("最高20万元,另有10万元")[1] == ("10万元", "100000 CNY")

    @given(st.lists(st.integers(1, 999), min_size=2, max_size=6))
    def test_any_list_reads_back(self, amounts: list[int]) -> None:
        text = "分别给予" + "、".join(map(str, amounts)) + "万元"

        assert [int(q.value) for q in find_quantities(text)] == [amount * 10_000 for amount in amounts]


class TestBounds:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("按不超过60万元给予一次性奖励", "≤600000 CNY"),
            ("最高可达60万元", "≤600000 CNY"),
            ("奖励最高不超过60万元", "≤600000 CNY"),
            ("给予60万元以内的资助", "≤600000 CNY"),
            ("up to RMB 600,000", "≤600000 CNY"),
            ("RMB 600,000 at most", "≤600000 CNY"),
            ("不低于100万元", "≥1000000 CNY"),
            ("不得超过60万元", "≤600000 CNY"),
            ("不能高于60万元", "≤600000 CNY"),
            ("不得低于60万元", "≥600000 CNY"),
            ("超过60万元", "≥600000 CNY"),
            ("人民币6—8万元", "60000..80000 CNY"),
            ("三至五万元", "30000..50000 CNY"),
            ("不少于1300个", "≥1300 个"),
            ("至少3家", "≥3 家"),
            ("100 家以上", "≥100 家"),
            ("30(含)以上", "≥30"),
            ("60多万元", "≥600000 CNY"),
            ("at least 100 enterprises", "≥100 家"),
            ("100 or more", "≥100"),
            ("15万元", "150000 CNY"),
        ],
    )
    def test_cues(self, text: str, expected: str) -> None:
        assert [value for _, value in shown(text)] == [expected]

    def test_the_cue_of_one_amount_is_not_anothers(self) -> None:
        text = "给予20万元奖励;不超过60万元"

        assert [value for _, value in shown(text)] == ["200000 CNY", "≤600000 CNY"]


class TestOtherKinds:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("98%以上", [("98%", "≥98 %")]),
            ("百分之九十八", [("百分之九十八", "98 %")]),
            ("百分之二点五", [("百分之二点五", "2.5 %")]),
            ("5 percent", [("5 percent", "5 %")]),
            ("3-5个", [("3-5个", "3..5 个")]),
            ("3至5万元", [("3至5万元", "30000..50000 CNY")]),
            ("3万元至5万元", [("3万元至5万元", "30000..50000 CNY")]),
            ("3万-5万元", [("3万-5万元", "30000..50000 CNY")]),
            ("10.6 万个", [("10.6 万个", "106000 个")]),
            ("百名以上", [("百名", "≥100 名")]),
            ("三年时间", [("三年", "3 年")]),
            ("5个工作日", [("5个工作日", "5 个工作日")]),
            ("八大特色产业", [("八大", "8 大")]),
            ("一项国家标准", [("一项", "1 项")]),
            ("TC/SC200个以上", [("200个", "≥200 个")]),
            ("three national standards", [("three national standards", "3 项")]),
            ("2 provincial local standards", [("2 provincial local standards", "2 项")]),
            ("150,000 for an industry standard", [("150,000", "150000")]),
            ("the 200,000 split between two companies", [("200,000", "200000"), ("two companies", "2 家")]),
            ("1:0.5配套", [("1:0.5", "0.5 :")]),
            ("按市级资助额的1:1执行", [("1:1", "1 :")]),
            ("2020 年", [("2020 年", "2020 年")]),
            ("2013—2020年", [("2013", "2013 年"), ("2020年", "2020 年")]),
            ("从2011年到2015年", [("2011年", "2011 年"), ("2015年", "2015 年")]),
            ("by 2020", [("2020", "2020 年")]),
            ("2011年01月29日", [("2011年01月29日", "20110129 年月日")]),
            ("二〇一一年一月二十四日", [("二〇一一年一月二十四日", "20110124 年月日")]),
            ("2011-01-29", [("2011-01-29", "20110129 年月日")]),
            ("January 24, 2011", [("January 24, 2011", "20110124 年月日")]),
            ("24 Jan 2011", [("24 Jan 2011", "20110124 年月日")]),
            ("5月8日前", [("5月8日", "508 月日")]),
            ("排名前两位", [("前两位", "2 位")]),
            ("第二至第五名", [("第二", "2"), ("第五名", "5 名")]),
            ("the top two", [("top two", "2")]),
            ("12338", [("12338", "12338")]),
        ],
    )
    def test_value_and_unit(self, text: str, expected: list[tuple[str, str]]) -> None:
        assert shown(text) == expected

    @pytest.mark.parametrize(
        ("text", "kinds"),
        [
            ("60万,对吗", ["number"]),
            ("给60万,对吗", ["money"]),
            ("每项60万,对吗", ["money"]),
            ("每项激励60万、30万", ["money", "money"]),
            ("常住人口500万。奖励另行规定", ["number"]),
            ("奖励60w", ["money"]),
            ("功率60W的灯", ["number"]),
        ],
    )
    def test_wan_without_yuan_is_money_only_where_the_sentence_pays(self, text: str, kinds: list[str]) -> None:
        assert [q.kind for q in find_quantities(text)] == kinds

    def test_from_to_is_no_range(self) -> None:
        assert shown("由10万元提高到50万元") == [("10万元", "100000 CNY"), ("50万元", "500000 CNY")]

    @pytest.mark.parametrize(
        "text",
        [
            "粤府〔2010〕1号",
            "粤质监标函[2008]498号",
            "(2018)第25号",
            "GB/T 19850-2004",
            "GB/T19850-2004",
            "ISO 9001:2015",
            "ISO37000系列",
            "DB32/T 1234",
            "T/CAS 100-2019",
            "1、切实加强领导",
            "1.推进标准研究",
            "(2)加强管理",
            "(二)工作目标",
            "①组织保障",
            "4K超高清",
            "5G通讯",
            "PM2.5",
            "0514-87654321",
            "13800000000",
            "“十二五”规划",
            "同一项目",
            "同一家企业",
            "每一项标准",
            "统一管理",
            "一批标准",
            "第三方机构",
            "党的十九大精神",
            "单位:万元",
            "单位：千元",
            "奖励（百万元）",
            "三位一体",
        ],
    )
    def test_what_only_looks_like_a_quantity(self, text: str) -> None:
        assert shown(text) == []


@given(
    st.text(
        alphabet="六十五万元亿零〇两千百分之第前月日年、,，-至到和以上内最高0123456789.%１萬①〔〕號GB/Tkw ab\n",
        max_size=40,
    )
)
@example("1" * 400 + "元")
@example("1" + "亿" * 50)
@example("hundred " * 30 + "yuan")
@example("1亿" * 60)
@example("1到1亿")
def test_whatever_the_text_spans_are_literal_ordered_and_apart(text: str) -> None:
    last = 0
    for q in find_quantities(text):
        assert text[q.start : q.end] == q.text
        assert q.text
        assert last <= q.start
        assert q.value.is_finite()
        assert q.upper is None or q.value < q.upper
        last = q.end


def test_a_long_text_without_any_break_is_read_in_time() -> None:
    assert find_quantities("标准化" * 10_000) == []
    assert len(find_quantities("60万元、" * 2_000)) == 2_000
    assert len(find_quantities("2011年" * 10_000)) == 10_000


def test_the_amounts_of_the_documents_are_all_found() -> None:
    found = {
        path.name[:3]: [int(q.value) for q in find_quantities(path.read_text(encoding="utf-8")) if q.kind == "money"]
        for path in (Path(knowledge.__file__).parent / "sources").glob("*.txt")
    }

    assert found == {
        "000": [50_000_000, 1_000_000, 5_000_000],
        "001": [600_000, 200_000, 150_000, 50_000, 20_000, 10_000, 600_000, 300_000],
        "002": [],
        "003": [],
        "004": [],
    }


def test_a_quantity_keeps_decimals_exactly() -> None:
    assert [q.value for q in find_quantities("2.30%和0.1万元")] == [Decimal("2.3"), Decimal(1000)]
