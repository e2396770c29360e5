from __future__ import annotations

from datetime import date

import pytest
import yaml

from knowledge.loaders import Source
from knowledge.manifest import document_of
from knowledge.model import Document, Place, Policy
from knowledge.places import Gazetteer
from knowledge.proposals import (
    Proposal,
    entry_text,
    is_same_document,
    load_words,
    propose,
    proposed_entry,
)

NINGBO = Place(code="330200", name="宁波市", level="city")
NOTICE = """宁波市人民政府办公室关于印发《宁波市标准化奖励办法》的通知
甬政办发〔2024〕12号
各区县（市）人民政府：
现将《宁波市标准化奖励办法》印发给你们，请认真贯彻执行。
宁波市人民政府办公室
2024年1月15日
宁波市标准化奖励办法
第一条 根据《浙江省标准化条例》和《关于加强标准化工作的意见》（浙政发〔2020〕3号），制定本办法。
第二条 对主导制定国际标准的企业，给予60万元奖励。申报时间自2024年3月1日至4月30日止。
第三条 本办法自2024年3月1日起施行，有效期5年。《宁波市标准化工作奖励办法》（甬政发〔2016〕8号）同时废止。
第四条 2024年3月1日前已发布的标准，仍按原办法执行。
"""


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def document(text: str, policy_id: str = "new") -> Document:
    return document_of(Policy(id=policy_id, title="?", source="a.txt", sha256="0"), Source(text=text))


def values(proposals: list[Proposal], field: str) -> list[object]:
    return [proposal.value for proposal in proposals if proposal.field == field]


def proposed(text: str, gazetteer: Gazetteer, field: str) -> list[object]:
    return values(propose(document(text), gazetteer), field)


def test_a_notice_and_what_it_carries(gazetteer: Gazetteer) -> None:
    found = propose(document(NOTICE), gazetteer)
    assert values(found, "title")[0] == "宁波市标准化奖励办法"
    assert values(found, "issuer")[0] == "宁波市人民政府办公室"
    assert [place.name for place in values(found, "place") if isinstance(place, Place)] == ["宁波市"]
    assert values(found, "doc_no") == ["甬政办发〔2024〕12号"]
    assert values(found, "signed") == ["2024-01-15"]
    assert values(found, "effective") == ["2024-03-01"]
    assert values(found, "expires") == ["2029-02-28"]
    assert values(found, "status") == []
    assert values(found, "repeals") == ["《宁波市标准化工作奖励办法》(甬政发〔2016〕8号)"]
    assert len(values(found, "transition")) == 1
    assert "《关于加强标准化工作的意见》(浙政发〔2020〕3号)" in values(found, "reference")


def test_numbers_are_in_half_width_and_otherwise_as_they_are_written(gazetteer: Gazetteer) -> None:
    wide = NOTICE.translate(str.maketrans("0123456789", "０１２３４５６７８９")).replace("办法》（甬", "辦法》（甬")
    found = propose(document(wide), gazetteer)
    assert values(found, "doc_no") == ["甬政办发〔2024〕12号"]
    assert values(found, "effective") == ["2024-03-01"]
    assert values(found, "repeals") == ["《宁波市标准化工作奖励辦法》(甬政发〔2016〕8号)"]
    assert "浙政发〔2020〕3号" in str(values(found, "reference")[0])


def test_labels_that_are_set_apart_are_labels(gazetteer: Gazetteer) -> None:
    text = (
        "索 引 号：014001/2024-00012\n发 文 字 号：甬政办发〔2024〕7号\n成 文 日 期：2024年2月18日\n"
        "宁波市标准化奖励办法\n第一条 对主导制定国际标准的，奖励60万元。\n"
    )
    found = propose(document(text), gazetteer)
    assert [values(found, field) for field in ("title", "doc_no", "signed")] == [
        ["宁波市标准化奖励办法"],
        ["甬政办发〔2024〕7号"],
        ["2024-02-18"],
    ]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("宁波市标准化发展规划（2021—2025年）\n到2030年，建成标准强市。\n", ["2021-01-01..2025-12-31"]),
        ("宁波市标准化意见\n力争从2011年到2015年，研制标准50项。到2013年，研制20项。\n", ["2011-01-01..2015-12-31"]),
        ("宁波市标准化意见\n到2015年，主导30项；到2020年底，主导60项。\n", ["..2020-12-31"]),
        ("宁波市标准化办法\n本办法有效期到2026年，到期自行失效。\n", []),
    ],
)
def test_the_years_that_goals_aim_at(text: str, period: list[str], gazetteer: Gazetteer) -> None:
    assert proposed(text, gazetteer, "goal_period") == period
    entry = proposed_entry(document(text).policy, propose(document(text), gazetteer))
    assert (entry.goal_period is None) == (not period)


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("五、联系方式。联系人：李工，电话：0574-87654321。\n", ["联系人：李工，电话：0574-87654321"]),
        ("咨询电话 400-123-4567、0574-87654321\n", ["咨询电话 400-123-4567、0574-87654321"]),
        ("监督举报电话：0574-12345678\n联系电话（投诉）：0574-12345678\n", []),
        ("奖励资金500000元，联系电话另行公布。\n", []),
    ],
)
def test_whom_to_ask(text: str, contact: list[str], gazetteer: Gazetteer) -> None:
    assert proposed(f"宁波市标准化办法\n{text}", gazetteer, "contact") == contact


def test_every_value_has_its_words_literally(gazetteer: Gazetteer) -> None:
    for proposal in propose(document(NOTICE), gazetteer):
        assert proposal.quote == NOTICE[proposal.start : proposal.end] != ""


def test_the_entry_takes_the_first_value_of_each_key_and_is_yaml(gazetteer: Gazetteer) -> None:
    made = document(NOTICE)
    found = propose(made, gazetteer)
    entry = proposed_entry(made.policy, found)
    assert (entry.title, entry.effective, entry.expires) == (
        "宁波市标准化奖励办法",
        date(2024, 3, 1),
        date(2029, 2, 28),
    )
    assert entry.status == "unknown"
    text = entry_text(entry, found, ["one page recognised from a scan"])
    [row] = yaml.safe_load(text)
    assert Policy.model_validate(row) == entry.model_copy(update={"references": ()})
    assert "# one page recognised from a scan" in text
    assert "repeals: " in text


@pytest.mark.parametrize(
    ("words", "effective", "expires"),
    [
        ("本办法自2024年1月1日起施行，有效期3年。", "2024-01-01", "2026-12-31"),
        ("本办法自二〇二四年一月一日起施行，有效期至2026年12月31日。", "2024-01-01", "2026-12-31"),
        ("本通知自2024年2月29日起执行，有效期为一年。", "2024-02-29", "2025-02-27"),
        ("本措施自2024年1月1日起施行，至2025年12月31日止。", "2024-01-01", "2025-12-31"),
        ("本办法自印发之日起施行，试行期两年。", "2023-12-20", "2025-12-19"),
        ("本办法自印发之日起30日后施行。", "2024-01-19", None),
        ("施行日期：2024-01-01\n失效日期：2026-12-31", "2024-01-01", "2026-12-31"),
        ("本办法自2024年1月1日起实施，执行期限为三年。", "2024-01-01", "2026-12-31"),
        ("本办法自2024年1月1日起施行，有效期暂定两年。", "2024-01-01", "2025-12-31"),
        ("本办法执行期限自2024年1月1日至2026年12月31日。", "2024-01-01", "2026-12-31"),
        ("本办法有效期为2024年1月1日至2026年12月31日。", "2024-01-01", "2026-12-31"),
        ("本办法自2024年1月1日起施行，2026年12月31日失效。", "2024-01-01", "2026-12-31"),
        ("《平州市标准化办法》现予公布，自2024年1月1日起施行。", "2024-01-01", None),
        ("本意见自公布之日起30日后实施，有效期六个月。", "2024-01-19", "2024-07-18"),
    ],
)
def test_when_it_comes_into_force_and_when_it_ends(
    words: str, effective: str, expires: str | None, gazetteer: Gazetteer
) -> None:
    text = f"平州市办法\n第一条 为推进标准化，制定本办法。\n第二条 奖励。\n{words}\n平州市人民政府\n2023年12月20日\n"
    assert proposed(text, gazetteer, "effective")[:1] == [effective]
    assert proposed(text, gazetteer, "expires") == ([expires] if expires else [])


def test_a_term_without_a_beginning_is_proposed_without_a_value(gazetteer: Gazetteer) -> None:
    found = propose(document("平州市办法\n第一条 总则。\n第二条 本办法自发布之日起施行，有效期5年。\n"), gazetteer)
    assert [(p.field, p.value, p.quote) for p in found if p.field in ("effective", "expires")] == [
        ("effective", None, "自发布之日起施行"),
        ("expires", None, "有效期5年"),
    ]
    assert all(p.note for p in found if p.value is None)


@pytest.mark.parametrize(
    "words",
    [
        "申报时间自2024年3月1日至2024年4月30日止。",
        "认证证书有效期3年。",
        "《标准化法》自2018年1月1日起施行。",
        "企业应当在证书有效期至2025年1月1日前申报。",
        "公示期自2024年1月1日至2024年1月7日止。",
        "项目实施期限2年。",
        "项目执行期为2024年1月1日至2026年12月31日。",
        "标准自2030年1月1日废止的，不予奖励。",
        "《平州市旧办法》2030年1月1日失效。",
    ],
)
def test_terms_of_other_things_are_not_the_documents(words: str, gazetteer: Gazetteer) -> None:
    text = f"平州市办法\n第一条 总则。\n第二条 {words}\n"
    assert proposed(text, gazetteer, "effective") == []
    assert proposed(text, gazetteer, "expires") == []


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("平州市标准化办法(征求意见稿)", "draft"),
        ("平州市标准化办法（草案）", "draft"),
        ("关于公开征求《平州市标准化办法》意见的公告", "draft"),
        ("平州市标准化办法\n有效性：现行有效", "in_force"),
        ("平州市标准化办法\n时效性：已废止", "repealed"),
        ("平州市标准化办法\n效力状态：失效", "expired"),
        ("平州市标准化办法\n有效性：政策是否有效未知", "unknown"),
        ("【已废止】平州市标准化办法", "repealed"),
        ("平州市标准化办法\n（本文件已失效）", "expired"),
        ("附件1\n平州市标准化办法\n（送审稿）", "draft"),
    ],
)
def test_the_status_that_the_document_says(head: str, status: str, gazetteer: Gazetteer) -> None:
    assert proposed(f"{head}\n第一条 总则。\n第二条 奖励。\n", gazetteer, "status") == [status]


@pytest.mark.parametrize(
    ("text", "issuer", "signed"),
    [
        (
            "办法的通知\n现印发给你们。\n平州市市场监督管理局 平州市财政局\n2024年1月5日\n",
            "平州市市场监督管理局、平州市财政局",
            "2024-01-05",
        ),
        (
            "办法的通知\n现印发给你们。\n平州市市场监督管理局\n平州市财政局\n二〇二四年一月五日\n",
            "平州市市场监督管理局、平州市财政局",
            "2024-01-05",
        ),
        (
            "通知各单位：现印发给你们。平州市人民政府二〇二四年一月五日一、总则推进标准化。",
            "平州市人民政府",
            "2024-01-05",
        ),
        ("平州市市场监督管理局关于做好标准化工作的通知\n各单位：做好工作。\n", "平州市市场监督管理局", None),
        ("办法\n发布机构：平州市科技局  发布日期：2024-01-05\n一、总则\n二、附则\n", "平州市科技局", None),
    ],
)
def test_who_signed_and_when(text: str, issuer: str, signed: str | None, gazetteer: Gazetteer) -> None:
    assert proposed(text, gazetteer, "issuer")[0] == issuer
    assert proposed(text, gazetteer, "signed") == ([signed] if signed else [])


@pytest.mark.parametrize(
    ("head", "number", "title"),
    [
        (
            "宁波市人民政府令\n第268号\n《宁波市标准化办法》已经通过，现予公布。",
            "宁波市人民政府令第268号",
            "宁波市标准化办法",
        ),
        (
            "宁波市科技局公告\n2024年第12号\n现将《宁波市奖励办法》予以发布。",
            "宁波市科技局公告2024年第12号",
            "宁波市奖励办法",
        ),
        ("附件：\n宁波市标准化办法\n甬政规〔2024〕3号", "甬政规〔2024〕3号", "宁波市标准化办法"),
    ],
)
def test_orders_and_announcements_have_numbers_of_their_own(
    head: str, number: str, title: str, gazetteer: Gazetteer
) -> None:
    found = propose(document(f"{head}\n第一条 参照省科技厅公告2021年第5号执行。\n第二条 附则。\n"), gazetteer)
    assert values(found, "doc_no") == [number]
    assert values(found, "title")[0] == title


def test_labels_in_lines_of_their_own_name_what_stands_below_them(gazetteer: Gazetteer) -> None:
    text = (
        "索引号\n014001/2024\n发布机构\n宁波市科技局\n文号\n甬科〔2024〕15号\n成文日期\n2024-01-15\n发布日期\n有效性\n有效\n"
        "宁波市标准化办法\n第一条 总则。\n第二条 附则。\n"
    )
    found = propose(document(text), gazetteer)
    fields = ("issuer", "doc_no", "signed", "posted", "status")
    assert [values(found, field) for field in fields] == [
        ["宁波市科技局"],
        ["甬科〔2024〕15号"],
        ["2024-01-15"],
        [],
        ["in_force"],
    ]


def test_the_day_of_printing_stands_for_that_of_signing_where_there_is_none(gazetteer: Gazetteer) -> None:
    text = "宁波市标准化办法\n第一条 总则。\n第二条 附则。\n{}抄送：各单位。\n宁波市人民政府办公室 2024年1月18日印发\n"
    assert proposed(text.format(""), gazetteer, "signed") == ["2024-01-18"]
    assert proposed(text.format("宁波市人民政府\n2024年1月15日\n"), gazetteer, "signed") == ["2024-01-15"]


@pytest.mark.parametrize("end", ["同时废止", "停止执行", "不再执行", "自行失效"])
def test_what_ends_another_document(end: str, gazetteer: Gazetteer) -> None:
    text = (
        f"宁波市办法\n第一条 总则。\n第二条 本办法自2024年1月1日起施行，《宁波市资助办法》（甬质〔2015〕8号）{end}。\n"
    )
    assert proposed(text, gazetteer, "repeals") == ["《宁波市资助办法》(甬质〔2015〕8号)"]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("2024年5月1日前完成的标准，按照《宁波市资助办法》执行。", 1),
        ("本办法施行前已受理的项目，仍按原政策执行。", 1),
        ("每年6月30日前提交的材料，按照《申报指南》办理。", 0),
    ],
)
def test_what_is_still_judged_by_the_former_rules(words: str, count: int, gazetteer: Gazetteer) -> None:
    assert len(proposed(f"宁波市办法\n第一条 总则。\n第二条 {words}\n", gazetteer, "transition")) == count


def test_a_number_within_a_sentence_is_another_documents(gazetteer: Gazetteer) -> None:
    text = "平州市办法\n根据平政发〔2020〕3号精神，制定本办法。\n第一条 总则。\n第二条 附则。\n"
    assert proposed(text, gazetteer, "doc_no") == []


def known(**values: object) -> Policy:
    base = {"id": "old", "title": "宁波市标准化工作奖励办法", "place": NINGBO, "source": "a", "sha256": "1"}
    return Policy.model_validate({**base, **values})


def test_a_repeal_that_names_a_known_policy_is_a_succession(gazetteer: Gazetteer) -> None:
    found = propose(document(NOTICE), gazetteer, [known(doc_no="甬政发[2016]8号", title="别的题目")])
    [succession] = [p for p in found if p.field == "supersedes"]
    assert succession.value == "old"
    assert "同时废止" in succession.quote
    assert proposed_entry(document(NOTICE).policy, found).supersedes == ("old",)


@pytest.mark.parametrize(
    ("title", "signed", "field"),
    [
        ("宁波市标准化奖励办法", "2019-01-01", "supersedes"),
        ("宁波市标准化奖励办法(试行)", "2016-01-01", "supersedes"),
        ("关于印发宁波市标准化奖励办法的通知", "2016-01-01", "supersedes"),
        ("宁波市标准化奖励办法", "2025-06-01", "superseded_by"),
    ],
)
def test_versions_of_one_document_are_told_by_place_title_and_date(
    title: str, signed: str, field: str, gazetteer: Gazetteer
) -> None:
    text = NOTICE.replace("《宁波市标准化工作奖励办法》（甬政发〔2016〕8号）同时废止。", "")
    found = propose(document(text), gazetteer, [known(title=title, signed=signed)])
    assert [(p.field, p.value) for p in found if p.field.startswith("supersede")] == [(field, "old")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (known(), known(place=Place(code="330100", name="杭州市", level="city"))),
        (known(), known(title="宁波市标准化人才培养实施方案")),
        (known(), known(title="宁波市科技创新奖励办法")),
        (known(place=None), known(place=None)),
        (known(title="宁波市标准化发展规划(2020—2025年)"), known(title="宁波市标准化战略纲要(2020—2025年)")),
        (known(title="宁波市标准化资助奖励资金管理办法"), known(title="宁波市专利资助奖励资金管理办法")),
        (known(title="宁波市标准化专项补助资金管理办法"), known(title="宁波市计量专项补助资金管理办法")),
        (known(title="宁波市标准化资助奖励办法"), known(title="宁波市标准化资助奖励办法实施细则")),
    ],
)
def test_other_documents_are_no_versions(one: Policy, other: Policy) -> None:
    assert not is_same_document(one, other)


def test_another_form_of_the_same_measures_is_a_version() -> None:
    assert is_same_document(
        known(title="宁波市支持企业参与标准化工作的十条措施"),
        known(title="宁波市关于支持企业参与标准化工作的若干措施"),
    )


def test_plans_for_other_years_are_versions() -> None:
    assert is_same_document(
        known(title="宁波市标准化发展规划(2015—2020年)"), known(title="宁波市标准化发展规划（2021—2025年）")
    )


def test_the_words_are_loaded_and_none_is_empty() -> None:
    words = load_words()
    assert all(words.model_dump().values())
    assert all(words.labels.values())


def test_how_a_value_follows_is_said_in_both_languages(gazetteer: Gazetteer) -> None:
    (found,) = [p for p in propose(document(NOTICE), gazetteer) if p.field == "expires"]
    assert found.note is not None
    assert (found.note.zh, found.note.en) == (
        "从施行日期 2024-03-01 起算，这是最后一天",
        "counted from `effective` 2024-03-01, its last day",
    )


def test_the_issuer_above_a_title_and_a_trial_period(gazetteer: Gazetteer) -> None:
    text = (
        "平州市市场监督管理局　平州市财政局\n关于印发《平州市标准化奖补细则》的通知\n平市监〔2021〕88号\n"
        "第一条 为推进标准化，制定本细则。\n第二条 本细则自2021年11月1日起施行，试行两年。\n"
    )
    assert proposed(text, gazetteer, "issuer") == ["平州市市场监督管理局、平州市财政局"]
    assert proposed(text, gazetteer, "expires") == ["2023-10-31"]
