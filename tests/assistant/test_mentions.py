"""Years, ranks and counts as people write them."""

import pytest

from assistant.mentions import find_counts, find_ranks, find_years, language_of, number


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("第一起草单位", 1),
        ("我们排名第三能拿多少", 3),
        ("起草单位排第五", 5),
        ("排第2名", 2),
        ("署名第十二位", 12),
        ("we ranked third on a national standard", 3),
        ("we are the second drafter", 2),
        ("we are listed number 4", 4),
        ("we are 2nd in the list", 2),
        ("our rank is 7", 7),
    ],
)
def test_ranks(text: str, rank: int) -> None:
    assert [found.value for found in find_ranks(text)] == [rank]


@pytest.mark.parametrize(
    "text", ["行业标准奖励多少", "第一阶段是哪一年", "the first industry standard", "2015年TC总数", "三项国家标准"]
)
def test_what_is_no_rank(text: str) -> None:
    assert find_ranks(text) == []


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("3项国家标准和2项省级地方标准", [3, 2]),
        ("有6个采标出口产品", [6]),
        ("两项行业标准", [2]),
        ("十二项标准", [12]),
        ("3 national standards and two provincial standards", [3, 2]),
        ("2015年扬州国家标准奖多少", []),
        ("第三起草单位", []),
        ("主导0项国标", []),
    ],
)
def test_counts(text: str, counts: list[int]) -> None:
    assert [found.value for found in find_counts(text)] == counts


def test_each_counts_for_every_thing_named() -> None:
    assert [(c.value, c.each) for c in find_counts("国际标准、国家标准各两项")] == [(2, True)]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("广东省2015年TC总数", [2015]),
        ("2011到2015年", [2011, 2015]),
        ("奖励2000万元", []),
        ("粤府〔2010〕1号", [2010]),
        ("20150项", []),
    ],
)
def test_years(text: str, years: list[int]) -> None:
    assert find_years(text) == years


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("扬州国家标准奖多少", "zh"),
        ("what subsidy in Yangzhou", "en"),
        ("what subsidy do I get for 行业标准 in 扬州", "en"),
        ("扬州 TC SC WG LED", "zh"),
        ("", "zh"),
        ("😀", "zh"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("7", 7),
        ("十", 10),
        ("二十三", 23),
        ("一百零五", 105),
        ("两", 2),
        ("third", 3),
        ("two", 2),
        ("标", None),
        ("", None),
    ],
)
def test_number(word: str, value: int | None) -> None:
    assert number(word) == value


@pytest.mark.parametrize(
    "text",
    [
        "没进前两名",
        "排名不在前两位",
        "排名前两名之外",
        "我们不是前两名",
        "既不是第一也不是第二",
        "not in the top two",
        "neither first nor second",
    ],
)
def test_a_denied_place_is_the_one_behind_it(text: str) -> None:
    assert [(rank.value, rank.band) for rank in find_ranks(text)] == [(3, False)]


def test_a_range_of_places_is_a_band() -> None:
    assert [(rank.value, rank.band) for rank in find_ranks("排名第2-3位")] == [(3, True)]


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("两三个行业标准", 2, 3),
        ("3-5项行标", 3, 5),
        ("两项或三项国标", 2, 3),
        ("十七八项国标", 17, 18),
        ("a couple or three industry standards", 2, 3),
        ("between two and four standards", 2, 4),
    ],
)
def test_a_span_of_numbers_keeps_both_ends(text: str, least: int, most: int) -> None:
    (count,) = find_counts(text)
    assert (count.value, count.most, bool(count.unclear)) == (least, most, True)


@pytest.mark.parametrize(
    "text",
    [
        "十来个行标",
        "-3项国标",
        "1.5项国标",
        "1000000项国标",
        "至少两项国标",
        "半项国标",
        "两项以上国标",
        "about 3 national standards",
    ],
)
def test_what_is_no_certain_whole_number_is_not_taken_for_one(text: str) -> None:
    (count,) = find_counts(text)
    assert count.unclear
    assert count.most is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("国标贰项", 2),
        ("国标一百项", 100),
        ("1,200项国标", 1200),
        ("国标x3", 3),
        ("national standard x2", 2),
        ("half a dozen exported products", 6),
        ("How about 3 national standards?", 3),
        ("ranked 3rd in two industry standards", 2),
        ("10 products, 6 of which adopt", 10),
    ],
)
def test_numbers_in_many_spellings(text: str, value: int) -> None:
    count = find_counts(text.lower())[0]
    assert (count.value, count.unclear) == (value, "")


@pytest.mark.parametrize(
    "text", ["get the 150,000 for an industry standard", "哪一项标准", "第二十项", "in 2013 national standards"]
)
def test_what_counts_nothing(text: str) -> None:
    assert find_counts(text) == []


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("第1起草人是我们员工,行业标准", [True]),
        ("our engineer is the first-named drafter of an industry standard", [True]),
        ("员工是国标起草人第三位,公司是第二起草单位", [True, False]),
        ("主要起草人排名第一但单位排第三", [True, False]),
        ("我们公司是第二起草单位", [False]),
    ],
)
def test_a_persons_place_is_not_the_firms(text: str, persons: list[bool]) -> None:
    assert [rank.person for rank in find_ranks(text)] == persons


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("two gbs (one first, one second)", [1, 2]),
        ("third on an industry standard and first on a provincial one", [3, 1]),
        ("published june 2013, second, we proposed it", [2]),
    ],
)
def test_bare_ordinals_are_ranks(text: str, ranks: list[int]) -> None:
    assert [rank.value for rank in find_ranks(text)] == ranks
