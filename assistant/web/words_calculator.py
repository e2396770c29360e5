"""The labels of the reward calculator, in Chinese and English. What the rules say is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.rule_schema import Text


@dataclass(frozen=True)
class CalculatorWords:
    """The labels of one language. Mappings go from a field's value to what a reader sees."""

    title: str
    lede: str
    skip: str
    # The form.
    your_case: str
    policy: str
    choose_policy: str
    with_rules: str
    without_rules: str
    where: str
    where_open: str
    where_groups: str
    where_members: str
    where_outside: str
    item_n: str
    activity: str
    choose: str
    paid: str
    unlisted: str
    level: str
    committee: str
    role: str
    rank: str
    rank_hint: str
    grade: str
    count: str
    event_on: Mapping[str, str]
    unknown: str
    optional: str
    add: str
    remove: str
    compute: str
    other_answer: str
    yes: str
    no: str
    holds: str
    holds_not: str
    received: Mapping[str, str]
    # Wrong input.
    wrong_n: str
    wrong_choice: str
    wrong_number: str
    wrong_date: str
    wrong_policy: str
    too_many: str
    only_one_kind: str
    only_one_year: str
    ignored: str
    no_figure_yet: str
    # The result.
    result: str
    total: str
    total_if: str
    open_total: str
    nothing: str
    stated: str
    start: str
    start_hint: str
    offers: str
    why_open: str
    to_confirm: str
    ceiling_note: str
    floor_note: str
    without_item: str
    reasons: Mapping[str, str]
    if_place: str
    open_figure: str
    one_of: str
    not_added: str
    honour: str
    newer: str
    choose_first: str
    by_reading: str
    per_each: str
    payer: str
    payers: Mapping[str, str]
    conditions: str
    no_conditions: str
    more_facts: str
    answer_above: str
    fill_in: str
    trace: str
    basis: str
    open_clause: str
    silent: str
    silent_policy: str
    rejected_n: str
    rejected_why: str
    rule: str
    chart_items: str
    chart_axes: Mapping[str, str]
    chart_note: str
    chart_table: str
    chosen: str
    share: str
    share_hint: str
    share_open: str
    change: str
    if_met: str
    copy_link: str
    copied: str
    print: str
    no_rules: str
    unsigned: str
    warning_text: Mapping[str, str]
    item_short: str
    colon: str
    joiner: str


ZH = CalculatorWords(
    title="奖励计算器",
    lede="选好做了什么，逐条看到适用的规则、条件和算法。",
    skip="跳到结果",
    your_case="您的情况",
    policy="依据哪份文件",
    choose_policy="请选择文件",
    with_rules="有奖励规则的文件",
    without_rules="没有奖励规则的文件",
    where="企业在哪里",
    where_open="还没确定",
    where_groups="文件的划分",
    where_members="具体地区",
    where_outside="不在上述地区",
    item_n="第 {n} 项",
    activity="做了什么",
    choose="请选择",
    paid="文件有规定",
    unlisted="文件没有列出",
    level="级别",
    committee="组织类型",
    role="担任的角色",
    rank="起草单位中的排名",
    rank_hint="如 2",
    grade="等次",
    count="数量",
    event_on={
        "published": "批准发布日期",
        "implemented": "开始实施日期",
        "accepted": "通过验收日期",
        "approved": "批准日期",
        "proposed": "立项日期",
        "completed": "完成日期",
        "": "发布或完成日期",
    },
    unknown="还不清楚",
    optional="可不填",
    add="再加一项",
    remove="删去第 {n} 项",
    compute="计算",
    other_answer="其他情况",
    yes="是",
    no="否",
    holds="符合",
    holds_not="不符合",
    received={
        "received_activity_yuan": "同类奖励本年度已领取多少元",
        "received_year_yuan": "本年度各类奖励共已领取多少元",
        "other_award_yuan": "其他层级已给的同项奖励多少元",
        "upper_award_yuan": "上级奖励的金额多少元",
        "local_units": "参与的本地单位有几家",
        "best_ranked_local": "贵单位是本地单位中排名最前的吗？",
        "series": "是同一系列（或同一标准的几个部分）吗？",
    },
    wrong_n="有 {n} 处填写需要更正，更正之前不给出金额。",
    wrong_choice="这里没有“{value}”这个选项，请重新选择。",
    wrong_number="请填 {low} 到 {high} 之间的整数，现在是“{value}”。",
    wrong_date="请填完整的日期，如 2026-05-31，现在是“{value}”。",
    wrong_policy="资料库里没有“{value}”这份文件，请重新选择。",
    too_many="一次最多计算 {n} 项，请分开计算。",
    only_one_kind="几类工作各有上限时，分不清这笔钱算在哪一类，请把各类工作分开计算。",
    only_one_year="各项不在同一年时，分不清这笔钱算在哪一年，请按年份分开计算。",
    ignored="链接里有几处没有用上：{names}。",
    no_figure_yet="更正后计算",
    result="测算结果",
    total="合计",
    total_if="合计（条件全部满足时）",
    open_total="合计待定",
    nothing="没有可计的金额",
    stated="其中已写明的部分",
    start="先选择做了什么",
    start_hint="选好以后，金额、条件和计算过程都会显示在这里。",
    offers="这份文件规定的奖励",
    why_open="为什么还定不下来",
    to_confirm="还有 {n} 个条件待确认",
    ceiling_note="文件规定的是上限，不是承诺的金额。",
    floor_note="文件规定的是下限。",
    without_item="第 {n} 项还没有选择做了什么，没有计入。",
    reasons={
        "not_met": "{label}：不符合条件（{text}）",
        "not_stated": "{label}：文件没有规定",
        "delegated": "{label}：金额由{who}确定，这份文件没有规定",
        "discretionary": "{label}：等次由评审确定",
        "out_of_validity": "{label}：时间不在规则的有效期内",
        "conflicting_sources": "{label}：规则之间不一致，不能择一",
        "not_counted": "{label}：就高不重复，不另计",
        "reading": "{label}：只按一种理解成立，文件没有说明",
        "not_multiplied": "{label}：文件没有写明按什么计件，不能相乘",
        "no_base": "{label}：作为计算基数的金额没有规定",
        "branch": "{label}：取决于还没确定的情况",
        "needs": "{text}",
    },
    if_place="若是{label}",
    open_figure="定不下来",
    one_of="几种情况只有一种成立，取决于待确认的条件",
    not_added="不计入合计",
    honour="只有荣誉，没有奖金",
    newer="改用取代它的文件",
    choose_first="先选择依据哪份文件",
    by_reading="只按一种理解成立，不计入合计",
    per_each="{per} {figure}",
    payer="支付",
    payers={
        "municipal": "市级财政",
        "county": "县（市）财政",
        "district": "区级财政",
        "provincial": "省级财政",
        "shared": "各级财政分担",
    },
    conditions="条件",
    no_conditions="文件没有另列条件。",
    more_facts="还会影响这一项的情况",
    answer_above="见上面的回答",
    fill_in="去填写",
    trace="计算过程",
    basis="原文依据",
    open_clause="在原文中查看",
    silent="文件没有写明",
    silent_policy="整份文件都没有写明的事项（{n}）",
    rejected_n="看过但不适用的规则（{n}）",
    rejected_why="不适用的原因",
    rule="规则",
    chart_items="各项金额",
    chart_axes={"level": "换一个级别会怎样", "grade": "换一个等次会怎样", "place_group": "换一个地区会怎样"},
    chart_note="其他情况不变，由同一套规则计算。",
    chart_table="用表格看",
    chosen="当前",
    share="这次计算的链接",
    share_hint="链接里只有您填的内容，打开就能看到同样的计算。",
    share_open="在新的地址打开这次计算",
    change="更改",
    if_met="{text}（条件满足时）",
    copy_link="复制链接",
    copied="已复制",
    print="打印",
    no_rules="这份文件没有奖励规则，不能计算金额。",
    unsigned="这份文件的奖励规则还没有人确认，因此不给出金额。",
    warning_text={
        "validity_unknown": "这份文件现在是否有效，没有得到确认。申报前请向主管部门核实。",
        "horizon_passed": "这份文件的目标期已过。申报前请向主管部门核实是否继续执行。",
        "draft_policy": "这是征求意见稿，不是正式文件，不能据此申报。",
        "superseded": "这份文件已被取代或失效，下面只是当时的规定，现在不能据此申报。",
        "rule_unreviewed": "这些金额规则由程序拟出，还没有人核对过。",
    },
    item_short="第{n}项",
    colon="：",
    joiner="、",
)

EN = CalculatorWords(
    title="Reward calculator",
    lede="Say what was done, and see each rule that applies, its conditions and its arithmetic.",
    skip="Skip to the result",
    your_case="Your case",
    policy="Under which policy",
    choose_policy="Choose a policy",
    with_rules="Policies with reward rules",
    without_rules="Policies without reward rules",
    where="Where the firm is",
    where_open="Not settled yet",
    where_groups="As the policy divides it",
    where_members="Places",
    where_outside="None of these places",
    item_n="Item {n}",
    activity="What was done",
    choose="Please choose",
    paid="In the policy",
    unlisted="Not named in the policy",
    level="Level",
    committee="Kind of committee",
    role="Role",
    rank="Place among the drafters",
    rank_hint="such as 2",
    grade="Grade",
    count="How many",
    event_on={
        "published": "Approved and published on",
        "implemented": "In force since",
        "accepted": "Accepted on",
        "approved": "Approved on",
        "proposed": "Project approved on",
        "completed": "Completed on",
        "": "Published or completed on",
    },
    unknown="Not known yet",
    optional="optional",
    add="Add an item",
    remove="Remove item {n}",
    compute="Calculate",
    other_answer="something else",
    yes="yes",
    no="no",
    holds="It holds",
    holds_not="It does not hold",
    received={
        "received_activity_yuan": "Already received this year for the same kind of work, in yuan",
        "received_year_yuan": "Already received this year in all, in yuan",
        "other_award_yuan": "Another level's award for the same item, in yuan",
        "upper_award_yuan": "The upper level's award, in yuan",
        "local_units": "How many local organizations took part",
        "best_ranked_local": "Is your organization the best ranked of the local ones?",
        "series": "Are they parts of one series, or of one standard?",
    },
    wrong_n="{n} of the entries need correcting; until then no amount is shown.",
    wrong_choice="“{value}” is not one of the choices here. Please choose again.",
    wrong_number="Expected a whole number from {low} to {high}, got “{value}”.",
    wrong_date="Expected a full date such as 2026-05-31, got “{value}”.",
    wrong_policy="There is no policy “{value}” in the library. Please choose again.",
    too_many="At most {n} items are computed at once; please split them.",
    only_one_kind="With ceilings for several kinds of work it is open which of them this money counts against. "
    "Please compute each kind by itself.",
    only_one_year="The items are of several years, so it is open which of them this money counts against. "
    "Please compute each year by itself.",
    ignored="Parts of the link were not used: {names}.",
    no_figure_yet="Correct the entries first",
    result="Result",
    total="Total",
    total_if="Total, if every condition is met",
    open_total="The total is open",
    nothing="No amount to count",
    stated="Of which stated",
    start="First choose what was done",
    start_hint="The amount, its conditions and the arithmetic will stand here.",
    offers="What this policy rewards",
    why_open="Why it is open",
    to_confirm="Conditions still to confirm: {n}",
    ceiling_note="The policy states a ceiling, not a promised amount.",
    floor_note="The policy states the least.",
    without_item="Item {n} is left out: what was done is not chosen yet.",
    reasons={
        "not_met": "{label}: a condition is not met ({text})",
        "not_stated": "{label}: the policy states nothing",
        "delegated": "{label}: the amount is set by {who}; this policy does not state it",
        "discretionary": "{label}: the grade is the reviewers' choice",
        "out_of_validity": "{label}: the date lies outside the rule's period",
        "conflicting_sources": "{label}: the rules disagree and neither prevails",
        "not_counted": "{label}: only the highest counts, so it is not added",
        "reading": "{label}: it holds by one reading only; the policy does not say",
        "not_multiplied": "{label}: the policy does not say per what, so it is not multiplied",
        "no_base": "{label}: the amount it is a share of is not stated",
        "branch": "{label}: it depends on what is not settled yet",
        "needs": "{text}",
    },
    if_place="For {label}",
    open_figure="open",
    one_of="only one of these cases holds; it depends on the conditions to confirm",
    not_added="not in the total",
    honour="an honour without money",
    newer="Use the policy that replaced it",
    choose_first="First choose a policy",
    by_reading="by one reading only; not in the total",
    per_each="{figure} {per}",
    payer="Paid by",
    payers={
        "municipal": "the city",
        "county": "the county",
        "district": "the district",
        "provincial": "the province",
        "shared": "several levels together",
    },
    conditions="Conditions",
    no_conditions="The policy lists no further condition.",
    more_facts="What else matters for this item",
    answer_above="see the answer above",
    fill_in="fill in",
    trace="How it was computed",
    basis="The clause",
    open_clause="Open it in the document",
    silent="What the policy does not say",
    silent_policy="Left open by the policy as a whole ({n})",
    rejected_n="Rules considered that do not apply ({n})",
    rejected_why="Why it does not apply",
    rule="Rule",
    chart_items="Amount of each item",
    chart_axes={"level": "At another level", "grade": "With another grade", "place_group": "At another place"},
    chart_note="All else alike, computed with the same rules.",
    chart_table="As a table",
    chosen="chosen",
    share="Link to this calculation",
    share_hint="It holds only what you entered; whoever opens it sees the same calculation.",
    share_open="Open this calculation at its address",
    change="Change",
    if_met="{text}, if the conditions are met",
    copy_link="Copy the link",
    copied="Copied",
    print="Print",
    no_rules="This policy has no reward rules, so no amount can be computed.",
    unsigned="Nobody has confirmed the reward rules of this policy yet, so no amount is shown.",
    warning_text={
        "validity_unknown": "Whether this policy still holds is not confirmed. Check with the authority before applying.",
        "horizon_passed": "The period of this policy's goals has passed. Ask the authority whether it is still applied.",
        "draft_policy": "This is a draft for comment, not a policy in force; nobody can apply under it.",
        "superseded": "This policy was replaced or has lapsed: what follows held at its time, and nobody can apply "
        "under it now.",
        "rule_unreviewed": "These rules were drafted by a program and no person has checked them.",
    },
    item_short="Item {n}",
    colon=": ",
    joiner=", ",
)


def calculator_words(language: str) -> CalculatorWords:
    """The labels of a language code; Chinese unless it is `en`."""
    return EN if language == "en" else ZH


def both(name: str, key: str | None = None) -> Text:
    """A label in both languages: of a field, or of one entry of a field that is a mapping."""
    zh, en = getattr(ZH, name), getattr(EN, name)
    return Text(zh=zh, en=en) if key is None else Text(zh=zh[key], en=en[key])
