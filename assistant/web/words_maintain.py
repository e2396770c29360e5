"""Every label of the maintenance pages, in Chinese and English. What the engine reports in English is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answer import Language

SECTIONS = ("documents", "change", "rules", "search", "reports", "log", "usage")


@dataclass(frozen=True)
class MaintainWords:
    """The labels of one language. Mappings go from a value to what a maintainer sees."""

    code: Language
    title: str
    to_chat: str
    sections: Mapping[str, str]
    failed: str
    refused: str
    nothing: str
    no_rules_here: str
    unknown: str
    busy: str
    # Documents.
    documents_hint: str
    document: str
    place: str
    validity: str
    parsed: str
    clauses: str
    rules: str
    actions: str
    parse_good: str
    parse_notes: str
    parse_bad: str
    is_off: str
    marks: Mapping[str, str]
    switch_off: str
    switch_on: str
    remove: str
    sure: str
    reviewed: str
    unreviewed: str
    no_rules: str
    tab_text: str
    tab_about: str
    legend_clause: str
    legend_dropped: str
    dropped_list: str
    file: str
    characters: str
    fields: Mapping[str, str]
    field_hints: Mapping[str, str]
    save_fields: str
    saved_fields: str
    no_changes: str
    evidence: str
    evidence_hint: str
    take_over: str
    to_note: Mapping[str, str]
    bad_date: str
    switched: Mapping[bool, str]
    removed: str
    superseded: str
    # A change.
    change_hint: str
    steps: tuple[tuple[str, str], ...]
    step_state: Mapping[str, str]
    upload: str
    upload_hint: str
    replaces: str
    replaces_nothing: str
    upload_go: str
    no_file: str
    job_kinds: Mapping[str, str]
    job_states: Mapping[str, str]
    job_stages: Mapping[str, str]
    job_by: str
    job_lost: str
    job_cancelled: str
    cancel: str
    not_staged: str
    outdated: str
    not_built: str
    unexplained: str
    faults: str
    notes: str
    build: str
    evaluate: str
    evaluate_hint: str
    discard: str
    discarded: str
    differences: str
    no_difference: str
    kinds: Mapping[str, str]
    changed_fields: str
    rule_fields: Mapping[str, str]
    for_all_rules: str
    bound_names: Mapping[str, str]
    verdict: str
    passed: str
    blocked: str
    not_judged: str
    judged_by: str
    causes: Mapping[str, str]
    case_stages: Mapping[str, str]
    stage_at: str
    more_cases: str
    whole_report: str
    why: str
    why_hint: str
    publish: str
    override: str
    need_reason: str
    published: str
    still_blocked: str
    releases: str
    live: str
    candidate: str
    built_at: str
    roll_back: str
    rolled_back: str
    log_actions: Mapping[str, str]
    override_reason: str
    # Rules.
    rules_hint: str
    choose_document: str
    proposed: str
    proposed_hint: str
    open_count: str
    none_open: str
    confirmed: str
    confirmed_hint: str
    item: str
    amount: str
    conditions: str
    doubts: str
    accept: str
    correct: str
    reject: str
    reject_reasons: Mapping[str, str]
    reopen: str
    outcomes: Mapping[str, str]
    kept_rule: str
    rejected_rule: str
    reopened_rule: str
    ignored: str
    ignored_hint: str
    confirm_ignored: str
    unsettled: str
    editor: str
    editor_hint: str
    save_rule: str
    cancel_edit: str
    bounds: Mapping[str, str]
    share: str
    honour: str
    delegated: str
    other_clause: str
    # Retrieval.
    search_hint: str
    query: str
    query_hint: str
    within: str
    everywhere: str
    search_go: str
    rank: str
    score: str
    lexical: str
    dense: str
    document_side: str
    score_note: str
    nothing_found: str
    # Reports.
    reports_hint: str
    report_at: str
    report_what: str
    report_result: str
    report_open: str
    report_run: str
    report_comparison: str
    verdicts: Mapping[str, str]
    # The log.
    log_hint: str
    log_kind: str
    log_kinds: Mapping[str, str]
    since: str
    until: str
    day_hint: str
    status: str
    statuses: Mapping[str, str]
    reason: str
    reasons: Mapping[str, str]
    all: str
    words: str
    log_go: str
    export: str
    answered: str
    said: str
    votes: Mapping[str, str]
    shown: str
    no_store: str
    log_heads: tuple[str, ...]
    # Usage.
    usage_hint: str
    by_place: str
    by_intent: str
    week: str
    others: str
    no_place: str
    intents: Mapping[str, str]
    unanswered: str
    unanswered_hint: str
    topic: str
    count: str
    topics: Mapping[str, str]
    as_table: str


ZH = MaintainWords(
    code="zh",
    title="知识维护",
    to_chat="返回问答",
    sections={
        "documents": "文件",
        "change": "变更与发布",
        "rules": "奖励规则",
        "search": "检索测试",
        "reports": "评测报告",
        "log": "对话与反馈",
        "usage": "使用情况",
    },
    failed="没有完成，原因见服务器日志。",
    refused="没有完成：",
    nothing="暂无内容。",
    no_rules_here="这份文件没有奖励规则，也没有读出可供审核的规则。请在上面另选一份文件。",
    unknown="未知",
    busy="{by} 正在{what}（{at} 开始），请等它完成，或先取消。",
    documents_hint="资料库收录的文件，以及正在准备的变更。停用的文件不进入下一次发布，文本与规则都会保留。",
    document="文件",
    place="地区",
    validity="效力",
    parsed="解析",
    clauses="条款",
    rules="规则",
    actions="操作",
    parse_good="正常",
    parse_notes="有提示",
    parse_bad="失败",
    is_off="已停用",
    marks={
        "": "",
        "added": "待发布：新增",
        "edited": "待发布：修改",
        "on": "待发布：启用",
        "off": "待发布：停用",
        "removed": "待发布：移除",
    },
    switch_off="停用",
    switch_on="启用",
    remove="移除",
    sure="再按一次确认",
    reviewed="已复核",
    unreviewed="未复核",
    no_rules="—",
    tab_text="原文与条款",
    tab_about="文件信息",
    legend_clause="条款，左侧是编号",
    legend_dropped="不参与回答的文字，注明原因",
    dropped_list="不参与回答的文字",
    file="文件格式",
    characters="字",
    fields={
        "title": "标题",
        "title_en": "英文标题",
        "issuer": "发文机关",
        "issuer_en": "发文机关（英文）",
        "place": "适用地区",
        "doc_no": "文号",
        "signed": "成文日期",
        "posted": "发布日期",
        "effective": "施行日期",
        "expires": "失效日期",
        "status": "效力",
        "status_basis": "效力依据",
        "contact": "咨询方式",
        "contact_en": "咨询方式（英文）",
        "source": "文件名",
        "goal_period": "目标期",
        "supersedes": "取代的文件",
        "superseded_by": "被哪份文件取代",
        "repeals": "废止的文件",
        "transition": "衔接规定",
        "reference": "引用的文件",
    },
    field_hints={
        "place": "地名或六位行政区划代码",
        "signed": "2026-01-31",
        "posted": "2026-01-31",
        "effective": "2026-01-31",
        "expires": "2026-01-31",
        "goal_period": "2026-01-01..2030-12-31",
        "status_basis": "文件自己的话，或核实人的一句话",
    },
    save_fields="写入变更",
    saved_fields="已写入变更：{names}。发布前还要生成候选版本并通过评测。",
    no_changes="内容没有改动。",
    evidence="文件自述",
    evidence_hint="从正文读出的信息，附原句。核对后采用；采用只填入表单，写入变更后才生效。",
    take_over="采用",
    to_note={
        "supersedes": "登记为取代",
        "superseded_by": "请在新文件处登记",
        "repeals": "请核对被废止的文件",
        "transition": "请核对衔接规定",
    },
    bad_date="“{field}”应写成 2026-01-31 这样的日期，现在是“{value}”。",
    switched={True: "已在变更中启用《{title}》。", False: "已在变更中停用《{title}》。"},
    removed="已在变更中移除《{title}》。",
    superseded="已登记：《{title}》取代 {old}。",
    change_hint="上传的文件先进入变更，与现行版本比较、通过评测后才发布；任何时候都可以回退。",
    steps=(
        ("stage", "准备变更"),
        ("build", "生成候选版本"),
        ("judge", "评测"),
        ("publish", "发布"),
    ),
    step_state={"done": "完成", "now": "当前", "todo": "未开始", "bad": "未通过"},
    upload="上传文件",
    upload_hint="可上传：{formats}，每个不超过 {megabytes} MB。",
    replaces="作为哪份文件的新文本",
    replaces_nothing="新文件",
    upload_go="解析并放入变更",
    no_file="请先选择文件。",
    job_kinds={"stage": "解析并生成候选版本", "evaluate": "评测候选版本"},
    job_states={
        "running": "进行中",
        "done": "已完成",
        "failed": "未完成",
        "cancelled": "已取消",
        "lost": "中断",
    },
    job_stages={
        "": "准备",
        "reading": "读取文件",
        "documents": "切分条款",
        "clauses": "计算条款向量",
        "sentences": "计算句子向量",
        "opening": "打开两个版本",
        "answers": "回答已知问题",
    },
    job_by="{by} 于 {at} 开始",
    job_lost="任务在完成前中断（进程被结束或机器重启）。资料库没有改变，请重新开始。",
    job_cancelled="由 {by} 取消。资料库没有改变。",
    cancel="取消任务",
    not_staged="现在没有准备中的变更。上传文件，或在“文件”里停用、修改，就会开始一次变更。",
    outdated="这次变更是从版本 {base} 出发的，而现在发布的是 {live}。请放弃后重新准备，以免撤销他人的改动。",
    not_built="变更已改动，还没有生成候选版本。",
    unexplained="{policy} 还有 {n} 处金额没有核对：既不在规则里，也没有说明不是奖励。核对完之前，评测不会通过。",
    faults="还不能生成候选版本，请先处理：",
    notes="提示",
    build="生成候选版本",
    evaluate="开始评测",
    evaluate_hint="用已知问题分别询问现行版本和候选版本，约需几分钟；可以离开本页。",
    discard="放弃变更",
    discarded="变更已放弃。",
    differences="与现行版本的差别",
    no_difference="与现行版本没有差别。",
    kinds={"added": "新增", "removed": "移除", "edited": "修改", "moved": "移位"},
    changed_fields="文件信息",
    rule_fields={
        "yuan": "金额",
        "yuan_min": "最低金额",
        "bound": "金额性质",
        "ratio": "比例",
        "quote": "原文",
        "activity": "事项",
        "level": "级别",
        "committee": "委员会",
        "role": "角色",
        "grade": "等级",
        "place_group": "地区",
        "per": "计算单位",
        "benefit": "支持方式",
        "payer": "出资方",
        "cap": "封顶",
        "conditions": "条件",
        "clause_id": "条款",
        "said": "原文金额",
        "terms": "用语定义",
        "places": "地区划分",
        "silent_on": "未明确的事项",
        "ignored": "不是奖励的金额",
        "reviewed_by": "核对人",
        "reviewed_on": "核对日期",
    },
    for_all_rules="整份规则",
    bound_names={"exact": "定额", "up_to": "最高", "at_least": "不少于", "range": "区间"},
    verdict="评测结论",
    passed="通过：没有阻止发布的问题",
    blocked="未通过：有 {n} 项阻止发布",
    not_judged="候选版本还没有评测。",
    judged_by="{by} 于 {at} 评测",
    causes={
        "broken": "原来答对，现在答错",
        "unmet": "新依据的问题没有答对",
        "stale": "依据的原文被改动或移除",
        "flaky": "回答不稳定",
        "removed": "不再询问",
        "contract": "违反回答的基本要求",
        "refusal": "应当拒答却作了回答",
        "drop": "正确率下降",
        "invariant": "版本内容不自洽",
    },
    case_stages={
        "understanding": "理解问题",
        "retrieval": "检索",
        "rules": "规则",
        "composing": "成文",
    },
    stage_at="首先变化的环节：{stage}",
    more_cases="另有 {n} 项，见完整报告。",
    whole_report="完整报告",
    why="说明",
    why_hint="发布、回退的原因，记入审计日志。未通过仍要发布时必填。",
    publish="发布",
    override="未通过，仍要发布",
    need_reason="请先在“说明”里写明理由。",
    published="版本 {release} 已发布，问答会在几秒内切换；需要时可回退到 {before}。",
    still_blocked="没有发布：评测未通过。",
    releases="版本",
    live="正在使用",
    candidate="候选",
    built_at="生成于",
    roll_back="回退到此版本",
    rolled_back="已回退到版本 {release}。",
    log_actions={
        "build": "构建",
        "stage": "准备变更",
        "reset": "放弃变更",
        "publish": "发布",
        "rollback": "回退",
        "pin": "保留",
        "unpin": "取消保留",
        "remove": "清理",
        "blocked": "发布被拦下",
    },
    override_reason="未通过仍发布",
    rules_hint="奖励规则与所依据的条款并排核对。采纳的规则写入变更，须能在原文中逐字验证。",
    choose_document="文件",
    proposed="待核对的规则",
    proposed_hint="从原文读出的规则。请对照高亮的句子核对级别、角色、金额和条件。",
    open_count="还有 {n} 项没有核对",
    none_open="全部核对完毕",
    confirmed="已有规则",
    confirmed_hint="复核人：{by}，{on}",
    item="项目",
    amount="金额",
    conditions="原文中的条件（随规则写入，回答时列为待确认）",
    doubts="需要留意",
    accept="采纳",
    correct="更正后采纳",
    reject="不是奖励",
    reject_reasons={
        "goal": "目标任务",
        "budget": "经费预算",
        "threshold": "门槛数额",
        "history": "历史情况",
        "penalty": "处罚数额",
        "example": "举例",
        "fee": "收费",
        "sponsor": "赞助",
        "loan": "贷款",
        "elsewhere": "其他地区的",
        "pot": "资金总额",
        "cap": "封顶数额",
        "unclear": "对象不明",
        "other": "其他",
    },
    reopen="重新核对",
    outcomes={"open": "待核对", "accepted": "已采纳", "corrected": "更正后采纳", "rejected": "不采纳"},
    kept_rule="已写入变更，并在原文中验证通过。",
    rejected_rule="已记为不是奖励。",
    reopened_rule="已恢复为待核对。",
    ignored="不是奖励的金额",
    ignored_hint="原文中出现而不属于奖励的金额，核对后一并记录，以免漏项。",
    confirm_ignored="确认这些不是奖励",
    unsettled="读不出金额的奖励",
    editor="更正规则",
    editor_hint="规则文件的写法：said 必须是原文里的说法，yuan 是它表示的元数。保存时会逐字验证。",
    save_rule="保存更正",
    cancel_edit="取消",
    bounds={"exact": "", "up_to": "最高", "at_least": "不少于", "range": ""},
    share="按{percent}%",
    honour="荣誉，无金额",
    delegated="由他方确定金额",
    other_clause="条款已不在文件中",
    search_hint="输入一个问题，查看检索到的条款和每一部分得分。",
    query="检索内容",
    query_hint="如：企业主导制定国家标准有多少奖励",
    within="范围",
    everywhere="全部文件",
    search_go="检索",
    rank="名次",
    score="总分",
    lexical="字词",
    dense="语义",
    document_side="文件",
    score_note="总分 = 字词 × {lexical} + 语义 × {dense} + 文件 × {document}，各部分先化为标准分。"
    "括号里是原始分：字词与文件是 BM25，语义是余弦相似度。",
    nothing_found="没有检索到条款。",
    reports_hint="每次评测的完整报告，在新窗口打开。",
    report_at="时间",
    report_what="比较",
    report_result="结论",
    report_open="打开报告",
    report_run="版本 {new} 的已知问题",
    report_comparison="{base} → {new}",
    verdicts={
        "fixed": "改对",
        "broken": "答错",
        "stale": "依据失效",
        "flaky": "不稳定",
        "still failing": "仍答错",
        "still right": "仍答对",
        "new": "新增",
        "removed": "移除",
        "right": "答对",
        "wrong": "答错",
    },
    log_hint="用户的提问与反馈，供核对与补充资料。每次查看和导出都会记入审计日志；不显示提问者是谁。",
    log_kind="内容",
    log_kinds={"turns": "问答记录", "opinions": "读者反馈"},
    since="从",
    until="到",
    day_hint="2026-01-31",
    status="结果",
    statuses={"answered": "已回答", "partial": "部分回答", "clarify": "待补充", "abstained": "未见规定"},
    reason="反馈原因",
    reasons={
        "amount": "金额不对",
        "source": "出处不对",
        "unanswered": "没有答到点上",
        "outdated": "内容过时",
        "incomplete": "不完整",
        "wrong": "答案不对",
        "other": "其他",
    },
    all="全部",
    words="文字包含",
    log_go="查询",
    export="导出 XLSX",
    answered="回答",
    said="反馈",
    votes={"up": "有用", "down": "有误"},
    shown="显示最近 {n} 条。",
    no_store="没有启用数据库，因此没有记录。",
    log_heads=("时间（UTC）", "提问", "回答", "结果", "地区", "评价", "原因", "补充", "版本"),
    usage_hint="最近 {weeks} 周的提问，只统计地区、意图和主题，不含提问文字。",
    by_place="各地区的提问",
    by_intent="各类意图的提问",
    week="周",
    others="其他",
    no_place="未写地区",
    intents={
        "reward": "奖励金额",
        "stacking": "叠加与重复",
        "procedure": "申报办理",
        "fact": "政策内容",
        "metadata": "文件信息",
        "validity": "效力",
        "coverage": "收录范围",
        "out_of_scope": "超出范围",
        "greeting": "问候",
        "thanks": "致谢",
        "identity": "询问身份",
        "instruction": "指令",
        "empty": "空",
    },
    unanswered="没有答上的主题",
    unanswered_hint="未见规定或只答了一部分的提问，按次数排列：可据此补充资料。",
    topic="主题",
    count="次数",
    topics={
        "reward_amount": "奖励金额",
        "loose_amount": "金额",
        "eligibility": "申报资格",
        "who_pays": "资金来源",
        "procedure": "申报办理",
        "definition": "概念定义",
        "goal_or_figure": "目标与数字",
        "responsible_body": "责任部门",
        "list": "清单",
        "validity": "效力",
        "metadata": "文件信息",
        "comparison": "比较",
        "highest": "最高额",
        "lowest": "最低额",
        "total": "合计",
        "budget": "经费",
        "history": "沿革",
        "stacking": "叠加与重复",
        "open_point": "未写明之处",
        "stage": "办理阶段",
        "fact": "政策内容",
        "reward": "奖励金额",
        "materials": "申报材料",
        "deadline": "申报期限",
        "coverage": "收录范围",
        "out_of_scope": "超出范围",
    },
    as_table="以表格查看",
)

EN = MaintainWords(
    code="en",
    title="Maintenance",
    to_chat="Back to questions",
    sections={
        "documents": "Documents",
        "change": "Change and publish",
        "rules": "Reward rules",
        "search": "Retrieval test",
        "reports": "Evaluation reports",
        "log": "Conversations and feedback",
        "usage": "Usage",
    },
    failed="Not done; the server's log says why.",
    refused="Not done: ",
    nothing="Nothing here yet.",
    no_rules_here="This document has no reward rules, and none were read from it for review. Choose another above.",
    unknown="unknown",
    busy="{by} is at work: {what} (since {at}); wait until it is done, or cancel it.",
    documents_hint="What the corpus holds, and the change being prepared. A document that is switched off leaves the next "
    "release; its text and its rules are kept.",
    document="Document",
    place="Place",
    validity="Validity",
    parsed="Parsed",
    clauses="Clauses",
    rules="Rules",
    actions="Actions",
    parse_good="whole",
    parse_notes="with notes",
    parse_bad="failed",
    is_off="switched off",
    marks={
        "": "",
        "added": "to be published: new",
        "edited": "to be published: edited",
        "on": "to be published: on",
        "off": "to be published: off",
        "removed": "to be published: removed",
    },
    switch_off="Switch off",
    switch_on="Switch on",
    remove="Remove",
    sure="Press again to confirm",
    reviewed="reviewed",
    unreviewed="not reviewed",
    no_rules="—",
    tab_text="Text and clauses",
    tab_about="About the document",
    legend_clause="a clause, its number on the left",
    legend_dropped="text that answers nothing, with the reason",
    dropped_list="Text that answers nothing",
    file="Format",
    characters="characters",
    fields={
        "title": "Title",
        "title_en": "Title in English",
        "issuer": "Issuer",
        "issuer_en": "Issuer in English",
        "place": "Place",
        "doc_no": "Document number",
        "signed": "Signed",
        "posted": "Posted",
        "effective": "In effect from",
        "expires": "Expires",
        "status": "Validity",
        "status_basis": "Basis of the validity",
        "contact": "Contact",
        "contact_en": "Contact in English",
        "source": "File",
        "goal_period": "Goal period",
        "supersedes": "Supersedes",
        "superseded_by": "Superseded by",
        "repeals": "Repeals",
        "transition": "Transition",
        "reference": "Refers to",
    },
    field_hints={
        "place": "a name, or the six-digit division code",
        "signed": "2026-01-31",
        "posted": "2026-01-31",
        "effective": "2026-01-31",
        "expires": "2026-01-31",
        "goal_period": "2026-01-01..2030-12-31",
        "status_basis": "the document's own words, or a sentence by whoever checked",
    },
    save_fields="Put into the change",
    saved_fields="Put into the change: {names}. A candidate must be built and evaluated before it is published.",
    no_changes="Nothing was changed.",
    evidence="What the document says of itself",
    evidence_hint="Read from the text, with the sentence. Check it, then take it over; that fills the form, nothing more.",
    take_over="Take over",
    to_note={
        "supersedes": "Note as superseding",
        "superseded_by": "to be noted at the newer document",
        "repeals": "check the repealed document",
        "transition": "check the transition",
    },
    bad_date="“{field}” should be a date like 2026-01-31, and is “{value}”.",
    switched={True: "“{title}” is on in the change.", False: "“{title}” is off in the change."},
    removed="“{title}” is removed in the change.",
    superseded="Noted: “{title}” supersedes {old}.",
    change_hint="What you upload is staged, compared with the live release and evaluated before it is published. You can "
    "always go back.",
    steps=(
        ("stage", "Prepare the change"),
        ("build", "Build the candidate"),
        ("judge", "Evaluate"),
        ("publish", "Publish"),
    ),
    step_state={"done": "done", "now": "now", "todo": "to do", "bad": "not passed"},
    upload="Upload documents",
    upload_hint="Formats: {formats}; at most {megabytes} MB each.",
    replaces="As the new text of",
    replaces_nothing="a new document",
    upload_go="Read and stage",
    no_file="Choose a file first.",
    job_kinds={"stage": "Reading and building the candidate", "evaluate": "Evaluating the candidate"},
    job_states={
        "running": "under way",
        "done": "done",
        "failed": "not done",
        "cancelled": "cancelled",
        "lost": "broken off",
    },
    job_stages={
        "": "getting ready",
        "reading": "reading the files",
        "documents": "cutting clauses",
        "clauses": "vectors of clauses",
        "sentences": "vectors of sentences",
        "opening": "opening both releases",
        "answers": "asking the known questions",
    },
    job_by="begun by {by} at {at}",
    job_lost="It broke off before it was done (the process was ended, or the machine restarted). Nothing was changed; "
    "begin again.",
    job_cancelled="Cancelled by {by}. Nothing was changed.",
    cancel="Cancel",
    not_staged="No change is being prepared. Upload a document, or switch one off or edit it under Documents, to begin one.",
    outdated="This change was made from the release {base}, and {live} is live now. Discard it and prepare it again, so that "
    "nobody's work is undone.",
    not_built="The change was edited; its candidate is not built yet.",
    unexplained="{policy}: {n} amounts are not reviewed yet: they are in no rule, and nothing says that they are no reward. Until "
    "then the evaluation does not pass.",
    faults="The candidate cannot be built before this is settled:",
    notes="Notes",
    build="Build the candidate",
    evaluate="Evaluate",
    evaluate_hint="The known questions are asked of the live release and of the candidate. It takes some minutes; you may "
    "leave the page.",
    discard="Discard the change",
    discarded="The change was discarded.",
    differences="What differs from the live release",
    no_difference="Nothing differs from the live release.",
    kinds={"added": "added", "removed": "removed", "edited": "edited", "moved": "moved"},
    changed_fields="About the document",
    rule_fields={
        "yuan": "Amount",
        "yuan_min": "Lowest amount",
        "bound": "Bound",
        "ratio": "Share",
        "quote": "Words",
        "activity": "For",
        "level": "Level",
        "committee": "Committee",
        "role": "Role",
        "grade": "Grade",
        "place_group": "Places",
        "per": "Per",
        "benefit": "Kind",
        "payer": "Paid by",
        "cap": "Ceilings",
        "conditions": "Conditions",
        "clause_id": "Clause",
        "said": "Amount as printed",
        "terms": "Definitions",
        "places": "Groups of places",
        "silent_on": "Left open",
        "ignored": "Amounts that are no reward",
        "reviewed_by": "Reviewed by",
        "reviewed_on": "Reviewed on",
    },
    for_all_rules="All rules of the document",
    bound_names={"exact": "fixed", "up_to": "up to", "at_least": "at least", "range": "range"},
    verdict="Verdict",
    passed="Passed: nothing blocks",
    blocked="Blocked by {n}",
    not_judged="The candidate is not evaluated yet.",
    judged_by="evaluated by {by} at {at}",
    causes={
        "broken": "was right, is wrong now",
        "unmet": "not answered as the new text asks",
        "stale": "its evidence was edited or taken out",
        "flaky": "answers differ between runs",
        "removed": "not asked any more",
        "contract": "breaks what holds for any answer",
        "refusal": "answered, and must be refused",
        "drop": "fewer right answers",
        "invariant": "the release contradicts itself",
    },
    case_stages={
        "understanding": "understanding",
        "retrieval": "retrieval",
        "rules": "rules",
        "composing": "composing",
    },
    stage_at="first stage that changed: {stage}",
    more_cases="{n} more in the whole report.",
    whole_report="The whole report",
    why="Reason",
    why_hint="Why it is published or taken back, for the audit log. Required to publish what did not pass.",
    publish="Publish",
    override="Publish although it did not pass",
    need_reason="Write the reason first.",
    published="Release {release} is published; answers come from it within seconds. You can roll back to {before}.",
    still_blocked="Not published: it did not pass.",
    releases="Releases",
    live="live",
    candidate="candidate",
    built_at="Built",
    roll_back="Roll back to this",
    rolled_back="Rolled back to release {release}.",
    log_actions={
        "build": "built",
        "stage": "staged",
        "reset": "discarded",
        "publish": "published",
        "rollback": "rolled back",
        "pin": "pinned",
        "unpin": "unpinned",
        "remove": "cleared up",
        "blocked": "publishing blocked",
    },
    override_reason="published although it did not pass",
    rules_hint="Reward rules beside the clause they stand in. What you accept goes into the change, and is proved to the "
    "letter against the text.",
    choose_document="Document",
    proposed="Proposed rules",
    proposed_hint="Read from the text. Check level, role, amount and conditions against the highlighted sentence.",
    open_count="{n} to be decided",
    none_open="all decided",
    confirmed="Rules in the corpus",
    confirmed_hint="Reviewed by {by} on {on}",
    item="What for",
    amount="Amount",
    conditions="Conditions in the text (kept with the rule; an answer lists them as not known)",
    doubts="To look at",
    accept="Accept",
    correct="Correct",
    reject="No reward",
    reject_reasons={
        "goal": "a goal",
        "budget": "a budget",
        "threshold": "a threshold",
        "history": "history",
        "penalty": "a penalty",
        "example": "an example",
        "fee": "a fee",
        "sponsor": "a sponsor's",
        "loan": "a loan",
        "elsewhere": "another place's",
        "pot": "a total",
        "cap": "a ceiling",
        "unclear": "unclear what for",
        "other": "something else",
    },
    reopen="Decide again",
    outcomes={"open": "to be decided", "accepted": "accepted", "corrected": "corrected", "rejected": "rejected"},
    kept_rule="Put into the change, and proved against the text.",
    rejected_rule="Noted as no reward.",
    reopened_rule="Open again.",
    ignored="Amounts that are no reward",
    ignored_hint="Amounts of the text that no rule pays, noted so that none is overlooked.",
    confirm_ignored="These are no rewards",
    unsettled="Rewards without an amount that can be read",
    editor="Correct the rule",
    editor_hint="In the notation of the rule file: `said` are the text's own words, `yuan` what they stand for. It is proved "
    "to the letter when you save.",
    save_rule="Save the correction",
    cancel_edit="Cancel",
    bounds={"exact": "", "up_to": "up to ", "at_least": "at least ", "range": ""},
    share="{percent}%",
    honour="an honour, no money",
    delegated="set by somebody else",
    other_clause="the clause is not in the document any more",
    search_hint="Ask something and see the clauses that are found, with the parts of each score.",
    query="Query",
    query_hint="e.g. reward for leading a national standard",
    within="Within",
    everywhere="all documents",
    search_go="Search",
    rank="Rank",
    score="Score",
    lexical="Words",
    dense="Meaning",
    document_side="Document",
    score_note="Score = words × {lexical} + meaning × {dense} + document × {document}, each as a z-score. In brackets the raw "
    "scores: BM25 for words and document, the cosine for meaning.",
    nothing_found="No clause was found.",
    reports_hint="The whole report of each evaluation; opens in a new window.",
    report_at="At",
    report_what="Compared",
    report_result="Verdict",
    report_open="Open the report",
    report_run="known questions of {new}",
    report_comparison="{base} → {new}",
    verdicts={
        "fixed": "fixed",
        "broken": "broken",
        "stale": "stale",
        "flaky": "flaky",
        "still failing": "still failing",
        "still right": "still right",
        "new": "new",
        "removed": "removed",
        "right": "right",
        "wrong": "wrong",
    },
    log_hint="What people asked and said of the answers. Each look and each export is noted in the audit trail; who asked is "
    "not shown.",
    log_kind="Show",
    log_kinds={"turns": "Questions and answers", "opinions": "Feedback"},
    since="From",
    until="To",
    day_hint="2026-01-31",
    status="Outcome",
    statuses={
        "answered": "answered",
        "partial": "partly answered",
        "clarify": "asked back",
        "abstained": "not stated",
    },
    reason="Reason given",
    reasons={
        "amount": "wrong amount",
        "source": "wrong source",
        "unanswered": "beside the point",
        "outdated": "outdated",
        "incomplete": "incomplete",
        "wrong": "wrong answer",
        "other": "other",
    },
    all="all",
    words="Contains",
    log_go="Search",
    export="Export as XLSX",
    answered="Answer",
    said="Feedback",
    votes={"up": "useful", "down": "wrong"},
    shown="The last {n} are shown.",
    no_store="No database is set up, so nothing is kept.",
    log_heads=("At (UTC)", "Question", "Answer", "Outcome", "Places", "Vote", "Reasons", "Note", "Release"),
    usage_hint="Questions of the last {weeks} weeks, counted by place, intent and topic; no words of questions.",
    by_place="Questions by place",
    by_intent="Questions by intent",
    week="Week",
    others="others",
    no_place="no place named",
    intents={
        "reward": "amounts",
        "stacking": "combining",
        "procedure": "applying",
        "fact": "contents",
        "metadata": "about documents",
        "validity": "validity",
        "coverage": "coverage",
        "out_of_scope": "out of scope",
        "greeting": "greeting",
        "thanks": "thanks",
        "identity": "who are you",
        "instruction": "instruction",
        "empty": "empty",
    },
    unanswered="Topics without an answer",
    unanswered_hint="Questions that the documents do not answer, or only in part, the most frequent first: what to add next.",
    topic="Topic",
    count="Questions",
    topics={
        "reward_amount": "amounts",
        "loose_amount": "amounts",
        "eligibility": "eligibility",
        "who_pays": "who pays",
        "procedure": "applying",
        "definition": "definitions",
        "goal_or_figure": "goals and figures",
        "responsible_body": "who is responsible",
        "list": "lists",
        "validity": "validity",
        "metadata": "about documents",
        "comparison": "comparisons",
        "highest": "highest amount",
        "lowest": "lowest amount",
        "total": "totals",
        "budget": "budgets",
        "history": "history",
        "stacking": "combining",
        "open_point": "points left open",
        "stage": "stages",
        "fact": "contents",
        "reward": "amounts",
        "materials": "papers to hand in",
        "deadline": "deadlines",
        "coverage": "coverage",
        "out_of_scope": "out of scope",
    },
    as_table="As a table",
)


def maintain_words(code: str | None) -> MaintainWords:
    """The labels of a language; Chinese unless it is English."""
    return EN if code == "en" else ZH
