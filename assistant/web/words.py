"""Every label of the page, in Chinese and English. An answer's own words are the engine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Citation, Language
from knowledge.errors import NoRelease, NotKept
from knowledge.pages import Printed, page_range

# Holds a language tag, and nothing else; set by a page's script when a reader switches.
LANGUAGE_COOKIE = "bz-language"


@dataclass(frozen=True)
class Words:
    """The labels of one language. Mappings go from a field's value to what a reader sees."""

    code: Language
    html_lang: str
    name: str
    purpose: str
    switch: str
    switch_hint: str
    new_chat: str
    surfaces: Mapping[str, str]
    ask_label: str
    ask_hint: str
    send: str
    stop: str
    empty_question: str
    thinking: str
    stopped: str
    unanswered: str
    no_conversation: str
    again: str
    edit: str
    editing: str
    cancel: str
    # The reader's company.
    company: str
    company_place: str
    company_name: str
    company_name_hint: str
    company_no_place: str
    company_not_said: str
    company_kept: str
    company_used: str
    company_clear: str
    company_failed: str
    close_company: str
    # The conversations that are kept.
    conversations: str
    close_drawer: str
    search: str
    nothing_found: str
    no_conversations: str
    list_failed: str
    change_failed: str
    kept_note: str
    more: str
    rename: str
    title: str
    no_title: str
    save: str
    delete: str
    delete_question: str
    export: str
    export_docx: str
    export_markdown: str
    exported_on: str
    chat_label: str
    question: str
    answer: str
    disclaimer: str
    # The empty state.
    welcome: str
    can_do: tuple[tuple[str, str], ...]
    try_asking: str
    covered: str
    loading: str
    # The answer.
    status: Mapping[str, str]
    warnings: Mapping[str, str]
    warnings_label: str
    rewards: str
    reward_details: str
    total: str
    total_up_to: str
    item: str
    amount: str
    basis: str
    reward_status: Mapping[str, str]
    if_met: str
    up_to: str
    at_least: str
    per: Mapping[str, str]
    conditions: str
    state: Mapping[str, str]
    how_computed: str
    sources: str
    source_n: str
    page: str
    pages: str
    replies: str
    suggestions: str
    known: str
    forget: str
    standard_reply: str
    in_calculator: str
    in_force: str
    and_so_on: str
    copy: str
    copied: str
    # The evidence panel.
    panel: str
    panel_hint: str
    close: str
    open_page: str
    back_home: str
    other_documents: str
    documents: str
    doc_no: str
    doc_no_unseen: str
    issuer: str
    place: str
    signed: str
    posted: str
    effective: str
    expires: str
    goal_period: str
    until: str
    since: str
    not_stated: str
    outline: str
    outline_unknown: str
    outline_outside: Mapping[str, str]
    status_basis: str
    full_text: str
    to_passage: str
    # Pages as printed.
    show_page: str
    page_of: str
    page_picture: str
    marked_lines: str
    marked_whole: str
    goes_on: str
    enlarge: str
    as_text: str
    page_before: str
    page_after: str
    page_busy: str
    no_such_page: str
    policy_status: Mapping[str, str]
    goal_passed: str
    dropped: Mapping[str, str]
    dropped_note: str
    changed_text: str
    earlier_text: str
    no_such_document: str
    source_failed: str
    # What an answer was worth.
    vote_up: str
    vote_down: str
    vote_question: str
    vote_reasons: Mapping[str, str]
    vote_note: str
    vote_kept: str
    vote_send: str
    vote_sent: str
    vote_thanks: str
    vote_failed: str
    # Sending a question on to the office.
    forward: str
    forward_question: str
    forward_contact: str
    forward_kept: str
    forward_send: str
    forward_sent: str
    forward_failed: str
    # When something is wrong.
    no_release: str
    failed: str


ZH = Words(
    code="zh",
    html_lang="zh-CN",
    name="标准通",
    purpose="标准化政策问答：条款可查，金额可算，没写的就说没写",
    switch="English",
    switch_hint="Switch the page to English",
    new_chat="新对话",
    surfaces={
        "calculator": "奖励计算器",
        "desk": "咨询回复",
        "maintain": "资料维护",
        "login": "工作人员登录",
        "account": "我的账号",
    },
    ask_label="您的问题",
    ask_hint="写明城市、标准级别和排名",
    send="提问",
    stop="停止",
    empty_question="请先写下问题。",
    thinking="正在查阅政策文件",
    stopped="已停止。可以换个问法再问。",
    unanswered="这个问题还没有回答。",
    no_conversation="没有找到这段对话，它可能已被删除。",
    again="重新回答",
    edit="修改这个问题",
    editing="正在修改上一个问题，提交后会重新回答。",
    cancel="取消",
    company="我的企业",
    company_place="企业所在地",
    company_name="企业名称（可不填）",
    company_name_hint="只显示在您的浏览器里",
    company_no_place="收录的文件里还没有按企业情况区分的奖励规则。",
    company_not_said="不填",
    company_kept="这些内容只保存在这台设备的浏览器里。每次提问时，所选的情况（不含企业名称）会随问题一起用来核对条件；问题里另有说明的，以问题为准。",
    company_used="来自“我的企业”",
    company_clear="全部清除",
    company_failed="没能取得要填的内容。请检查服务是否还在运行。",
    close_company="关闭我的企业",
    conversations="我的对话",
    close_drawer="关闭对话列表",
    search="搜索标题和内容",
    nothing_found="没有找到相符的对话。",
    no_conversations="还没有对话。提出第一个问题后，它会出现在这里。",
    list_failed="没能取得对话列表。请检查服务是否还在运行。",
    change_failed="没有改成，请稍后再试。",
    kept_note="对话保存在服务器上，只有您能看到，可以随时删除。",
    more="“{title}”的更多操作",
    rename="重命名",
    title="对话标题",
    no_title="标题不能为空。",
    save="保存",
    delete="删除",
    delete_question="删除“{title}”？删除后不能恢复。",
    export="导出对话",
    export_docx="导出 Word",
    export_markdown="导出 Markdown",
    exported_on="由标准通导出，{day}。依据为收录文件的原文，编号与回答中的标记一致。",
    chat_label="问答记录",
    question="您的提问",
    answer="回答",
    disclaimer="仅供参考，以主管部门的解释为准。",
    welcome="您想了解哪项标准化政策？",
    can_do=(
        ("奖励金额", "按级别、排名和数量算清楚，并列出条件"),
        ("条款原文", "每句结论都能点开出处，在原文中高亮"),
        ("有效性", "草案、目标期已过、效力不明，都会先说明"),
    ),
    try_asking="可以这样问",
    covered="已收录的文件",
    loading="正在载入政策资料库，请稍候。",
    status={
        "answered": "",
        "partial": "部分回答",
        "clarify": "需要您补充一点",
        "abstained": "未见规定",
    },
    warnings={
        "validity_unknown": "文件是否仍有效未经确认",
        "horizon_passed": "文件的目标期已过",
        "draft_policy": "这是征求意见稿，不是正式文件",
        "superseded": "文件已被新文件取代",
        "rule_unreviewed": "金额规则尚未经人工复核",
    },
    warnings_label="请注意",
    rewards="奖励测算",
    reward_details="逐项测算（{n} 项）",
    total="合计",
    total_up_to="合计最高",
    item="项目",
    amount="金额",
    basis="依据",
    reward_status={
        "exact": "",
        "up_to": "",
        "range": "",
        "needs_input": "待补充情况",
        "not_met": "不符合条件",
        "not_stated": "文件未规定",
        "delegated": "由下级财政自行确定",
        "discretionary": "由主管部门评定",
        "out_of_validity": "不在有效期内",
        "conflicting_sources": "不同来源说法不一",
    },
    if_met="条件满足时",
    up_to="最高",
    at_least="不少于",
    per={
        "standard": "每项标准",
        "product": "每个产品",
        "committee": "每个技术委员会",
        "project": "每个项目",
        "organization": "每家单位",
        "certificate": "每张证书",
        "event": "每次活动",
        "person": "每人",
    },
    conditions="条件",
    state={"met": "已满足", "unmet": "不满足", "unknown": "待确认"},
    how_computed="计算过程",
    sources="出处",
    source_n="出处 {n}",
    page="第{n}页",
    pages="第{n}页",
    replies="请选择",
    suggestions="还可以问",
    known="已知",
    in_calculator="在计算器中打开",
    standard_reply="标准答复，{day} 审定",
    in_force="所引文件现行有效",
    forget="去掉“{text}”，重新回答",
    and_so_on="、",
    copy="复制回答",
    copied="已复制",
    panel="依据",
    panel_hint="点击回答里的数字标记，这里会打开对应的文件，并高亮那一句。",
    close="关闭依据",
    open_page="在新页面打开",
    back_home="返回问答",
    other_documents="其他已收录的文件",
    documents="已收录的文件",
    doc_no="文号",
    doc_no_unseen="文号未见",
    issuer="发布机关",
    place="适用地区",
    signed="成文日期",
    posted="发布日期",
    effective="施行日期",
    expires="有效期至",
    goal_period="目标期",
    until="至{year}年",
    since="自{year}年",
    not_stated="文中未注明",
    outline="位置",
    outline_unknown="原文层级不明",
    outline_outside={"front": "文首", "metadata": "页面标注"},
    status_basis="状态依据",
    full_text="文件全文",
    to_passage="回到引用处",
    show_page="查看原件第{n}页",
    page_of="原件第{n}页，共{count}页",
    page_picture="{title}，原件第{n}页的图像",
    marked_lines="标出的文字：",
    marked_whole="按整行标出，首尾两行可能多标几个字。",
    goes_on="引用的文字也在第{pages}页",
    enlarge="放大",
    as_text="查看文字",
    page_before="上一页",
    page_after="下一页",
    page_busy="正在准备别的页面，请过几秒再点一次。",
    no_such_page="这一页不能按原样显示。可以查看文件的文字。",
    policy_status={
        "draft": "征求意见稿",
        "in_force": "现行有效",
        "superseded": "已被取代",
        "repealed": "已废止",
        "expired": "已失效",
        "unknown": "有效性未知",
    },
    goal_passed="目标期已过",
    dropped={
        "site_chrome": "网页栏目文字",
        "page_mark": "页码",
        "repeated": "重复段落",
        "news_lead": "新闻导语",
        "separator": "分隔线",
        "contents": "目录",
        "gloss": "注音",
        "line_wrap": "折行",
        "blank": "空白",
    },
    dropped_note="浅色文字不参与回答：",
    changed_text="这份文件在回答之后有过更新，原来的位置已对不上，因此没有高亮。请重新提问。",
    earlier_text="这是作出该回答时的文本，此后资料库有过更新。如需现行内容，请重新提问。",
    no_such_document="没有找到这份文件，它可能已从资料库中移出。",
    source_failed="没能打开这份文件。请检查服务是否还在运行，然后再点一次。",
    vote_up="有帮助",
    vote_down="有误或没有帮助",
    vote_question="哪里不对？（可多选）",
    vote_reasons={
        "wrong_answer": "回答或金额不对",
        "wrong_source": "出处不对",
        "outdated": "内容过时",
        "incomplete": "没有答全",
    },
    vote_note="补充说明（可不填）",
    vote_kept="您的提问、回答和说明会保存下来，供维护人员核对。请不要填写个人信息。",
    vote_send="提交",
    vote_sent="已记录，维护人员会核对。",
    vote_thanks="已记录，谢谢。",
    vote_failed="没有提交成功，请稍后再试。",
    forward="转给工作人员",
    forward_question="把这个问题转给工作人员答复？",
    forward_contact="联系方式（可不填，不填则收不到答复）",
    forward_kept="这个问题、它前面的提问和联系方式会交给工作人员保存。请不要写入无关的个人信息。",
    forward_send="转给工作人员",
    forward_sent="已转给工作人员。",
    forward_failed="没有转成，请稍后再试。",
    no_release="还没有可用的政策资料库。请维护人员运行 python -m knowledge build 之后再问。",
    failed="这次没能给出回答，问题已记录在服务日志里。请再试一次，或换个问法。",
)

EN = Words(
    code="en",
    html_lang="en",
    name="Biaozhuntong",
    purpose="Standardization policy answers: every clause shown, every amount computed, every gap said aloud",
    switch="中文",
    switch_hint="切换到中文界面",
    new_chat="New chat",
    surfaces={
        "calculator": "Calculator",
        "desk": "Help desk",
        "maintain": "Maintenance",
        "login": "Staff sign-in",
        "account": "My account",
    },
    ask_label="Your question",
    ask_hint="Name the city, level and rank",
    send="Ask",
    stop="Stop",
    empty_question="Please write a question first.",
    thinking="Reading the policy documents",
    stopped="Stopped. You can ask again in other words.",
    unanswered="This question was not answered.",
    no_conversation="This conversation was not found; it may have been deleted.",
    again="Answer again",
    edit="Change this question",
    editing="You are changing your last question; sending it replaces the answer.",
    cancel="Cancel",
    company="My company",
    company_place="Where the company is",
    company_name="Name of the company (optional)",
    company_name_hint="Shown in your browser only",
    company_no_place="No reward rules here tell companies apart yet.",
    company_not_said="Not specified",
    company_kept=(
        "This stays in the browser on this device. With each question the choices (not the name) are used to check "
        "conditions; where a question says otherwise, the question counts."
    ),
    company_used="from “My company”",
    company_clear="Clear all",
    company_failed="The form could not be loaded. Check that the service is still running.",
    close_company="Close my company",
    conversations="My conversations",
    close_drawer="Close the list",
    search="Search titles and text",
    nothing_found="No conversation matches.",
    no_conversations="No conversations yet. The first question starts one.",
    list_failed="The list could not be loaded. Check that the service is still running.",
    change_failed="The change could not be saved; try again later.",
    kept_note="Conversations are kept on the server; only you can see them, and you can delete them at any time.",
    more="More for “{title}”",
    rename="Rename",
    title="Title of the conversation",
    no_title="A title cannot be empty.",
    save="Save",
    delete="Delete",
    delete_question="Delete “{title}”? This cannot be undone.",
    export="Export",
    export_docx="Export to Word",
    export_markdown="Export to Markdown",
    exported_on="Exported from Biaozhuntong on {day}. Sources are quoted from the documents, numbered as in the answers.",
    chat_label="Conversation",
    question="Your question",
    answer="Answer",
    disclaimer="For reference only; the competent authority's interpretation prevails.",
    welcome="Ask about a standardization policy",
    can_do=(
        ("Amounts", "computed by level, rank and count, with their conditions"),
        ("The exact clause", "every statement opens its source, highlighted in the document"),
        ("Validity", "drafts, past goal periods and unknown status are said up front"),
    ),
    try_asking="Try asking",
    covered="Documents covered",
    loading="Loading the policy library, one moment.",
    status={
        "answered": "",
        "partial": "Partial answer",
        "clarify": "One detail is needed",
        "abstained": "Not stated in the documents",
    },
    warnings={
        "validity_unknown": "Not confirmed to be still in force",
        "horizon_passed": "The policy's goal period has passed",
        "draft_policy": "A draft for comment, not a final policy",
        "superseded": "Replaced by a newer policy",
        "rule_unreviewed": "The amount rule has not been reviewed by a person",
    },
    warnings_label="Please note",
    rewards="Reward estimate",
    reward_details="Item by item ({n})",
    total="Total",
    total_up_to="Total, at most",
    item="Item",
    amount="Amount",
    basis="Basis",
    reward_status={
        "exact": "",
        "up_to": "",
        "range": "",
        "needs_input": "More details needed",
        "not_met": "Conditions not met",
        "not_stated": "Not stated in the document",
        "delegated": "Left to the lower-level treasury",
        "discretionary": "Decided by the authority",
        "out_of_validity": "Outside the policy's term",
        "conflicting_sources": "Sources disagree",
    },
    if_met="if the conditions are met",
    up_to="up to",
    at_least="at least",
    per={
        "standard": "per standard",
        "product": "per product",
        "committee": "per committee",
        "project": "per project",
        "organization": "per organization",
        "certificate": "per certificate",
        "event": "per event",
        "person": "per person",
    },
    conditions="Conditions",
    state={"met": "met", "unmet": "not met", "unknown": "to confirm"},
    how_computed="How it was computed",
    sources="Sources",
    source_n="Source {n}",
    page="p. {n}",
    pages="pp. {n}",
    replies="Please choose",
    suggestions="You could also ask",
    known="Taken as known",
    in_calculator="Open in the calculator",
    standard_reply="Standard reply, approved {day}",
    in_force="The documents cited are in force",
    forget="Remove “{text}” and answer again",
    and_so_on=", ",
    copy="Copy answer",
    copied="Copied",
    panel="Sources",
    panel_hint="Select a numbered marker in an answer to open its document here, with the sentence highlighted.",
    close="Close sources",
    open_page="Open in a new page",
    back_home="Back to the questions",
    other_documents="Other documents covered",
    documents="Documents covered",
    doc_no="Document no.",
    doc_no_unseen="No number seen",
    issuer="Issuer",
    place="Place",
    signed="Signed",
    posted="Posted",
    effective="In force from",
    expires="In force until",
    goal_period="Goal period",
    until="until {year}",
    since="from {year}",
    not_stated="not stated",
    outline="Clause",
    outline_unknown="outline position unknown",
    outline_outside={"front": "opening", "metadata": "publishing page"},
    status_basis="Basis of the status",
    full_text="Full text of the document",
    to_passage="Back to the cited passage",
    show_page="Show page {n} as printed",
    page_of="Page {n} of {count}, as printed",
    page_picture="“{title}”, a picture of page {n} as printed",
    marked_lines="The marked lines: ",
    marked_whole="Whole lines are marked; the first and the last may hold a few words more.",
    goes_on="The quote is also on page {pages}",
    enlarge="Enlarge",
    as_text="Show the text",
    page_before="Previous page",
    page_after="Next page",
    page_busy="Other pages are being prepared; select it again in a few seconds.",
    no_such_page="This page cannot be shown as printed. The document's text can.",
    policy_status={
        "draft": "Draft for comment",
        "in_force": "In force",
        "superseded": "Superseded",
        "repealed": "Repealed",
        "expired": "Expired",
        "unknown": "Validity unknown",
    },
    goal_passed="Goal period passed",
    dropped={
        "site_chrome": "web page text",
        "page_mark": "page number",
        "repeated": "repeated paragraph",
        "news_lead": "news lead",
        "separator": "separator",
        "contents": "table of contents",
        "gloss": "reading of a character",
        "line_wrap": "line break",
        "blank": "blank",
    },
    dropped_note="Pale text is not used for answers: ",
    changed_text=(
        "This document was updated after the answer was given, so the cited place no longer matches and nothing is "
        "highlighted. Please ask again."
    ),
    earlier_text=(
        "This is the text as it was when the answer was given; the library was updated since. "
        "Ask again for what holds now."
    ),
    no_such_document="This document was not found; it may have been removed from the library.",
    source_failed="The document could not be opened. Check that the service is still running, then select it again.",
    vote_up="Helpful",
    vote_down="Wrong or not helpful",
    vote_question="What is wrong? (one or more)",
    vote_reasons={
        "wrong_answer": "The answer or an amount",
        "wrong_source": "The source",
        "outdated": "It is out of date",
        "incomplete": "It is incomplete",
    },
    vote_note="More about it (optional)",
    vote_kept="Your question, the answer and this note are kept for the maintainers to check. Leave out personal data.",
    vote_send="Send",
    vote_sent="Noted. The maintainers will check it.",
    vote_thanks="Noted, thank you.",
    vote_failed="It could not be sent; try again later.",
    forward="Ask the staff",
    forward_question="Send this question to the staff?",
    forward_contact="Where to reply (optional; without it nobody can)",
    forward_kept="The question, those before it and the contact are kept by the staff. Leave out other personal data.",
    forward_send="Send it",
    forward_sent="The staff have it.",
    forward_failed="It could not be sent; please try again later.",
    no_release="There is no policy library yet. Ask the maintainer to run python -m knowledge build, then try again.",
    failed="No answer could be given this time; the problem is in the server's log. Please try again or rephrase.",
)


# What the page's script says by itself.
_SCRIPT_LABELS = (
    "panel", "panel_hint", "close", "documents", "other_documents", "sources", "open_page", "source_failed",
    "chat_label", "question", "answer", "send", "stop", "disclaimer",
    "thinking", "editing", "cancel", "new_chat",
    "company", "company_name", "company_name_hint", "company_no_place", "company_not_said", "company_kept", "company_clear",
    "company_failed", "close_company",
    "conversations", "close_drawer", "search", "nothing_found", "no_conversations", "list_failed", "change_failed",
    "kept_note", "more", "rename", "title", "save", "delete", "delete_question", "export", "export_docx", "export_markdown",
    "vote_question", "vote_reasons", "vote_note", "vote_kept", "vote_send", "vote_sent", "vote_thanks", "vote_failed",
    "forward_question", "forward_contact", "forward_kept", "forward_send", "forward_sent", "forward_failed",
)  # fmt: skip


def script_labels() -> dict[str, dict[str, str | Mapping[str, str]]]:
    """The labels of the page's script by language code."""
    return {words.code: {name: getattr(words, name) for name in _SCRIPT_LABELS} for words in (ZH, EN)}


def words_for(language: str | None) -> Words:
    """The labels for a language tag such as `en` or `zh-CN`; Chinese unless it is English."""
    return EN if (language or "").lower().startswith("en") else ZH


def pages_label(places: Sequence[Printed], words: Words) -> str:
    """Pages as printed (第3页; pp. 3–4), with the file where it is one of several; empty where there are none."""
    pages = page_range(places)
    if not pages:
        return ""
    label = (words.page if pages.isdecimal() else words.pages).format(n=pages)
    return f"{places[0].file} {label}" if places[0].file else label


def clause_label(citation: Citation, words: Words) -> str:
    """The headings above a quote and its pages; empty where neither is known."""
    return " · ".join(part for part in (" › ".join(citation.clause_path), pages_label(citation.places, words)) if part)


def problem_sentence(error: Exception, words: Words) -> str:
    """What a reader is told about an error: one sentence, never its insides."""
    if isinstance(error, NotKept):
        return words.no_conversation
    return words.no_release if isinstance(error, NoRelease) else words.failed
