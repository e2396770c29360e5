from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from gb2260.data import data as revisions
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import DataFileError, UsageError
from knowledge.places import PLACES_FILE, Gazetteer

GAZETTEER = Gazetteer.load()


def codes(text: str) -> list[str]:
    return [match.code for match in GAZETTEER.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("扬州行业标准补贴", ["321000"]),
        ("揚州市", ["321000"]),
        ("扬州市宝应县", ["321000", "321023"]),
        ("宝应的企业采用国际标准", ["321023"]),
        ("如果公司在仪征呢？", ["321081"]),
        ("高邮奖励多少", ["321084"]),
        ("高邮政策有哪些", ["321084"]),
        ("昆山标准化", ["320583"]),
        ("江苏省苏州市昆山市", ["320000", "320500", "320583"]),
        ("上海南部", ["310000"]),
        ("国内江苏的企业", ["320000"]),
        ("河南阳光公司", ["410000"]),
        ("重庆市渝北区", ["500000", "500112"]),
        ("内蒙古", ["150000"]),
        ("恩施州", ["422800"]),
        ("济源", ["419001"]),
        ("东莞和中山", ["441900", "442000"]),
        ("江门台山水步镇", ["440700", "440781"]),
        ("香港", ["810000"]),
        ("北京市海淀区", ["110000", "110108"]),
    ],
)
def test_chinese_names(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("how much does Yangzhou pay", ["321000"]),
        ("a company in Baoying County", ["321023"]),
        ("Kunshan City, Jiangsu Province", ["320583", "320000"]),
        ("Xi'an", ["610100"]),
        ("Xi’an or Xian", ["610100", "610100"]),
        ("Shaanxi, not Shanxi", ["610000", "140000"]),
        ("Inner Mongolia and Tibet", ["150000", "540000"]),
        ("Hong Kong, Macao", ["810000", "820000"]),
        ("Harbin Urumqi", ["230100", "650100"]),
        ("Luliang Lvliang Lüliang", ["141100", "141100", "141100"]),
        ("Tianhe District of Guangzhou", ["440106", "440100"]),
        ("YANGZHOU", ["321000"]),
        ("Suzhou in Anhui", ["341300", "340000"]),
        ("the Guangzhou Development District", ["guangzhou-development-district"]),
        ("GDD", ["guangzhou-development-district"]),
        ("Canton", ["440100"]),
    ],
)
def test_english_names(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "code", "parents"),
    [
        ("广州开发区", "guangzhou-development-district", ("440112", "440100", "440000")),
        ("苏州工业园区", "suzhou-industrial-park", ("320500", "320000")),
        ("雄安新区", "xiongan-new-area", ("130600", "130000")),
        ("深圳前海", "qianhai", ("440300", "440000")),
        ("横琴", "hengqin", ("440400", "440000")),
        ("浦东新区", "310115", ("310000",)),
    ],
)
def test_zones_lie_in_their_city(text: str, code: str, parents: tuple[str, ...]) -> None:
    match = GAZETTEER.find(text)[-1]
    assert (match.code, match.parents) == (code, parents)


def test_a_renamed_unit_is_found_under_its_old_name() -> None:
    assert codes("江都市") == codes("江都区") == ["321012"]
    assert codes("襄樊市") == codes("襄阳市") == ["420600"]
    assert codes("洪泽县") == ["320813"]
    assert codes("芜湖县") == ["340221"]
    assert GAZETTEER.successor("340221") == "340210"


def test_a_dissolved_unit_keeps_its_name_and_lies_where_it_went() -> None:
    match = GAZETTEER.find("萝岗区")[0]
    assert (match.code, match.name, match.parents) == ("440116", "萝岗区", ("440100", "440000"))
    assert GAZETTEER.successor("440116") == "440112"
    assert GAZETTEER.contains("440112", "440116")
    assert GAZETTEER.successor("440112") is None


def test_units_newer_than_the_package() -> None:
    assert codes("杭州临平区") == ["330100", "330113"]
    assert codes("深圳市光明区") == ["440300", "440311"]
    assert codes("南通海门区") == ["320600", "320614"]


def test_a_shared_name_is_decided_by_the_other_places() -> None:
    beijing, nantong = GAZETTEER.find("北京通州区")[-1], GAZETTEER.find("南通市通州区")[-1]
    assert (beijing.code, nantong.code) == ("110112", "320612")
    assert beijing.alternatives == nantong.alternatives == ()


def test_a_shared_name_alone_says_that_it_is_shared() -> None:
    match = GAZETTEER.find("鼓楼区")[0]
    assert len(match.alternatives) == 3
    assert match.confidence < 0.5


def test_the_larger_place_is_meant_where_names_are_equal() -> None:
    assert codes("吉林") == ["220000"]
    assert codes("海南") == ["460000"]
    assert codes("Suzhou") == ["320500"]


def test_a_word_of_the_language_is_a_place_only_behind_its_parent() -> None:
    assert codes("深圳光明的企业") == ["440300", "440311"]
    assert codes("光明的未来") == []
    assert codes("广州南沙") == ["440100", "440115"]


@pytest.mark.parametrize(
    "text",
    [
        "标准",
        "行业标准奖励多少",
        "前两名都给吗",
        "广泛开展",
        "东西太多",
        "企业和平台建设",
        "主导和政策",
        "提高安全生产水平",
        "形成都市圈",
        "建成都市型现代农业",
        "确保定期考核",
        "创新乡村治理",
        "重大理论问题",
        "普通化学品",
        "第三明确责任",
        "试点示范县",
        "市和县的财政",
        "相对应县级市",
        "国家安全",
        "公安局",
        "资源节约",
        "合作市场",
        "新兴产业",
        "绿色通道",
        "长治久安",
        "大同小异",
        "东部和西部",
        "友好城市",
        "会同有关部门",
        "高要求",
        "同心协力",
        "共和国",
        "开发区",
        "老城区改造",
        "主城区企业",
        "市中区",
        "南部新城",
        "沿海港口",
        "平安建设",
        "前进方向",
        "先进制造业",
        "给我讲个笑话",
        "什么是采标",
        "第一起草单位",
        "团体标准、企业标准没有奖励",
        "珠江西岸先进装备制造产业带",
        "出海口",
        "投资阳光产业",
        "who pays for it",
        "how many yuan",
        "a guide to boxing and dating",
        "how do I change the plan",
        "joining a working group",
        "leading an industry standard",
        "Ali asked about it",
        "the AAAA level",
        "long change mile",
        "",
        "   ",
        "😀",
    ],
)
def test_ordinary_sentences_name_no_place(text: str) -> None:
    assert GAZETTEER.find(text) == []
    assert GAZETTEER.find_fuzzy(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("杨州主导行业标准有补贴吗", "321000"),
        ("洋州行标补贴", "321000"),
        ("杨洲市", "321000"),
        ("苏洲的政策", "320500"),
        ("深镇呢", "440300"),
        ("石家装有奖励吗", "130100"),
        ("yangzhuo", "321000"),
        ("Yangzou", "321000"),
        ("what about Guangzhuo?", "440100"),
        ("Shenzen", "440300"),
        ("Bejing", "110000"),
    ],
)
def test_misspelt_names(text: str, code: str) -> None:
    found = GAZETTEER.find_fuzzy(text)
    assert [match.code for match in found] == [code]
    assert 0 < found[0].confidence < 0.7
    assert found[0].surface in text


def test_a_name_spelt_right_leaves_nothing_to_guess() -> None:
    assert GAZETTEER.find_fuzzy("扬州和杨州") == []


@pytest.mark.parametrize(
    "text",
    [
        "前三名专家",
        "无息贷款",
        "中位数是多少",
        "宣称有效",
        "营运成本",
        "planning the naming",
        "it is shining",
        "handing",
    ],
)
def test_sounding_alike_is_not_enough(text: str) -> None:
    assert GAZETTEER.find_fuzzy(text) == []


def test_every_province_and_city_is_found_by_its_short_name() -> None:
    names = [name for code, name in revisions[None].items() if code % 100 == 0 and name[-1] in "省市"]
    assert len(names) > 300
    for name in names:
        match = GAZETTEER.find(f"{name[:-1]}行业标准补贴")[0]
        assert match.surface == name[:-1]
        assert match.name.startswith(name[:-1])


def test_relations() -> None:
    assert GAZETTEER.ancestors("321023") == ("321000", "320000")
    assert GAZETTEER.contains("321000", "321023")
    assert GAZETTEER.contains("320000", "321023")
    assert GAZETTEER.contains("321000", "321000")
    assert GAZETTEER.contains("100000", "321023")
    assert not GAZETTEER.contains("321023", "321000")
    assert not GAZETTEER.contains("320500", "321023")
    assert GAZETTEER.contains("440100", "guangzhou-development-district")


def test_names_in_both_languages() -> None:
    assert GAZETTEER.name("321023", "zh") == "宝应县"
    assert GAZETTEER.name("321023", "en") == "Baoying County"
    assert GAZETTEER.name("321000", "en") == "Yangzhou"
    assert GAZETTEER.name("440106", "en") == "Tianhe District"
    assert GAZETTEER.name("610100", "en") == "Xi'an"
    assert GAZETTEER.name("141100", "en") == "Lüliang"
    assert GAZETTEER.name("150000", "en") == "Inner Mongolia"
    assert GAZETTEER.name("100000", "en") == "China"
    assert GAZETTEER.name("qianhai", "en") == "Qianhai"


def test_a_place_by_its_code() -> None:
    place = GAZETTEER.get("321023")
    assert (place.code, place.name, place.level, place.parent) == ("321023", "宝应县", "county", "321000")
    zone = GAZETTEER.get("guangzhou-development-district")
    assert (zone.code, zone.level, zone.parent) == (None, "zone", "440112")


def test_an_unknown_code_is_an_error_that_says_what_was_expected() -> None:
    with pytest.raises(UsageError, match="six digits"):
        GAZETTEER.get("999999")


def test_every_unit_has_an_english_name_and_known_parents() -> None:
    for code in {code for unit in GAZETTEER.data.changes for code in (unit.code,)} | set(GAZETTEER.data.english):
        assert GAZETTEER.name(code, "en")
        for parent in GAZETTEER.ancestors(code):
            assert GAZETTEER.contains(parent, code)


def test_what_the_file_refers_to_exists() -> None:
    data = GAZETTEER.data
    for code in (*data.aliases, *data.english, *data.prefer.values(), *data.dissolved, *data.dissolved.values()):
        GAZETTEER.get(code)
    for zone in data.zones:
        GAZETTEER.get(zone.parent)
        assert codes(zone.name) == [zone.id]


def test_spans_are_of_the_text_as_given() -> None:
    text = "請問　揚 州 市：ＧＤＤ？"
    assert [match.surface for match in GAZETTEER.find(text)] == ["揚 州 市", "ＧＤＤ"]
    for match in GAZETTEER.find(text):
        assert text[match.start : match.end] == match.surface


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("country:", "colour: red\ncountry:", "colour"),
        ('{code: "110118", name: 密云区', "{code: 110118, name: 密云区", "changes.0.code"),
        ("peoples:", "people:", "peoples"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, before: str, after: str, key: str) -> None:
    file = tmp_path / "places.yaml"
    text = PLACES_FILE.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        Gazetteer.load(file)
    assert str(file) in str(caught.value)
    assert key in str(caught.value)


ANY_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("扬州市宝应县广东省江苏上海南京通区开发新安和平 GuangzhouXi'anlvü-\n"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@given(ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_matches_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    matches = GAZETTEER.find(text)
    for match in matches:
        assert text[match.start : match.end] == match.surface
        assert 0 < match.confidence <= 1
        assert GAZETTEER.ancestors(match.code) == match.parents
        assert match.code not in match.alternatives
    for one, other in pairwise(matches):
        assert one.end <= other.start
    assert not (matches and GAZETTEER.find_fuzzy(text))


@given(st.sampled_from([change.code for change in GAZETTEER.data.changes]))
@settings(max_examples=60, deadline=None)
def test_a_full_name_behind_its_city_is_found(code: str) -> None:
    name = GAZETTEER.name(code, "zh")
    above = "".join(GAZETTEER.name(parent, "zh") for parent in reversed(GAZETTEER.ancestors(code)))
    match = GAZETTEER.find(above + name)[-1]
    assert code in (match.code, *match.alternatives)


@pytest.mark.parametrize("text", ["扬州" * 5_000, "杨洲" * 5_000, "guangzhuo " * 500, "市" * 10_000])
def test_long_text_stays_fast(text: str) -> None:
    begin = time.process_time()
    GAZETTEER.find(text)
    GAZETTEER.find_fuzzy(text)
    assert time.process_time() - begin < 8
