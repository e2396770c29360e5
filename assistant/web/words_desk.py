"""Every label of the help desk's page, in Chinese and English. What is in a letter is its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answer import Language


@dataclass(frozen=True)
class DeskWords:
    """The labels of one language. Mappings go from a value to what staff see."""

    code: Language
    html_lang: str
    name: str
    title: str
    purpose: str
    switch: str
    home: str
    # The inbox.
    inbox: str
    new: str
    paste: str
    paste_hint: str
    take: str
    upload: str
    upload_hint: str
    cancel: str
    search: str
    search_hint: str
    state: str
    all_states: str
    states: Mapping[str, str]
    channels: Mapping[str, str]
    empty_inbox: str
    nothing_found: str
    # The inquiry.
    letter: str
    nothing_open: str
    nothing_open_more: str
    received: str
    earlier: str
    question: str
    question_n: str
    answer_this: str
    no_questions: str
    add_question: str
    add_hint: str
    add: str
    facts: str
    facts_hint: str
    correct: str
    unknown: str
    placeholders: Mapping[str, str]
    sources: str
    sources_hint: str
    no_sources: str
    open_source: str
    doc_no_unseen: str
    outdated: str
    reask: str
    # The reply.
    reply: str
    reply_label: str
    unsaved: str
    saved: str
    approved: str
    handed_in: str
    answered: str
    also_here: str
    no_marks: str
    marks_one: str
    marks_many: str
    reasons: Mapping[str, str]
    confirm: str
    save: str
    redraft: str
    hand_in: str
    approve: str
    send_back: str
    sent: str
    copy: str
    copied: str
    download: str
    conflict: str
    theirs: str
    save_over: str
    no_contact: str
    # Versions and standard replies.
    versions: str
    compare: str
    version_n: str
    draft_now: str
    no_versions: str
    same: str
    standard: str
    standard_hint: str
    promote: str
    promoted: str
    standards: str
    no_standards: str
    in_use: str
    retired: Mapping[str, str]
    retire: str
    choose_standard: str
    retired_now: str
    done: Mapping[str, str]
    refusals: Mapping[str, str]
    failed: str


ZH = DeskWords(
    code="zh",
    html_lang="zh-CN",
    name="标准通",
    title="咨询答复",
    purpose="来信里的每个问题，都用有出处的话来答",
    switch="English",
    home="问答",
    inbox="来件",
    new="新来件",
    paste="来信内容",
    paste_hint="把来信粘贴到这里",
    take="收下",
    upload="上传来信",
    upload_hint="支持 .txt、.docx、.eml，不超过 5 MB",
    cancel="收起",
    search="查找来信和答复",
    search_hint="词语之间用空格",
    state="状态",
    all_states="全部",
    states={"new": "新", "drafting": "起草中", "awaiting": "待批准", "approved": "已批准", "answered": "已答复"},
    channels={"pasted": "粘贴", "file": "上传", "chat": "问答转来"},
    empty_inbox="还没有来件。粘贴一封来信，或上传文件，就从这里开始。",
    nothing_found="没有符合的来件。",
    letter="来信与依据",
    nothing_open="从左边选一封来件",
    nothing_open_more="这里会列出它问的问题、认出的事实和找到的依据；右边是答复草稿。",
    received="{at} 收到 · {channel} · {by}",
    earlier="转来之前的提问",
    question="来信提出的问题",
    question_n="{n}. {text}",
    answer_this="在答复中回答这个问题",
    no_questions="没有认出提问的句子。请把来信问的内容写在下面。",
    add_question="补充一个问题",
    add_hint="来信问了、但没有列出的问题",
    add="加上",
    facts="认出的事实",
    facts_hint="认错或没有认出的，改过来后重新计算；空着表示来信没有说。",
    correct="按更正重新计算",
    unknown="来信没有说",
    placeholders={"place": "如：扬州市", "event_at": "如：2024 或 2024-05"},
    sources="依据",
    sources_hint="不采用的依据，它支持的句子会离开草稿。",
    no_sources="没有找到可以作为依据的条款。",
    open_source="查看原文",
    doc_no_unseen="文号未见",
    outdated="资料库在来信收下之后更新过，依据可能已经变化。",
    reask="重新查找依据",
    reply="答复",
    reply_label="答复正文",
    unsaved="草稿，尚未保存",
    saved="第 {n} 版 · {by} · {at}",
    approved="{by} 于 {at} 批准了第 {n} 版",
    handed_in="{by} 提交，等待批准",
    answered="{at} 已答复",
    also_here="{names} 也打开了这封来件。",
    no_marks="每句话都有出处。",
    marks_one="有 1 句话需要处理：",
    marks_many="有 {n} 句话需要处理：",
    reasons={
        "no_such_marker": "{what} 没有对应的依据",
        "source_off": "依据 {what} 没有采用",
        "source_gone": "依据 {what} 的原文已不在资料库中",
        "no_source": "写了金额 {what}，但没有标明依据",
        "number": "所标依据里没有 {what} 这个数",
        "amount": "所标依据里没有 {what} 这个金额",
        "contradicts": "与计算的金额不一致；按现有事实算出的是 {what} 元",
        "promise": "用了保证的说法，依据没有这样说",
        "quote": "引文与原文不一致：“{what}”",
    },
    confirm="我已逐句核对，仍要批准（会记录在案）",
    save="保存",
    redraft="按现有依据重写",
    hand_in="提交批准",
    approve="批准",
    send_back="退回修改",
    sent="标为已答复",
    copy="复制全文",
    copied="已复制",
    download="下载 Word 文档",
    conflict="{by} 在 {at} 保存了更新的版本。您的文字还在下面的编辑框里，没有丢失。",
    theirs="对方保存的版本：",
    save_over="以我的文字另存为新版本",
    no_contact="尚未设置联系单位和电话（BZT_CONTACT_OFFICE、BZT_CONTACT_PHONE），答复里不会出现联系方式。",
    versions="历史版本",
    compare="对照版本",
    version_n="第 {n} 版 · {by}",
    draft_now="现在的草稿",
    no_versions="保存以后，每一版都留在这里。",
    same="两者相同。",
    standard="标准答复",
    standard_hint="批准的答复可以成为这个问题的标准答复：以后有人原样问起，问答页先给出它，注明出处和日期；所引条款一变，就自动停用。",
    promote="设为标准答复",
    promoted="已设为标准答复。",
    standards="全部标准答复",
    no_standards="还没有标准答复。",
    in_use="使用中",
    retired={
        "clause_gone": "已停用：所引条款已变动",
        "policy_changed": "已停用：文件的信息或效力已变动",
        "amount_changed": "已停用：现在算出的金额不同",
        "by_hand": "已停用：人工停用",
        "replaced": "已停用：有了新的标准答复",
    },
    retire="停用",
    choose_standard="要停用的标准答复",
    retired_now="已停用。",
    done={
        "received": "已收下。",
        "saved": "已保存。",
        "handed_in": "已提交，请另一位同事批准。",
        "approved": "已批准。",
        "sent_back": "已退回修改。",
        "answered": "已标为答复。",
        "corrected": "已按更正的事实重新计算。",
        "reasked": "已按现在的资料库重新查找依据。",
    },
    refusals={
        "not_staff": "需要工作人员账号才能处理答复，请先登录。",
        "not_found": "没有找到，可能已被删除；请刷新后再选。",
        "empty": "来信是空的，请粘贴内容或选择文件。",
        "too_long": "内容太长，请只保留与问题有关的部分。",
        "file_type": "只支持 .txt、.docx 和 .eml 文件。",
        "file_size": "文件超过 5 MB，请把正文粘贴进来。",
        "file_unreadable": "这个文件无法读取：可能是空的、损坏的，或内容与后缀不符。请把正文粘贴进来。",
        "no_question": "没有这个问题，请刷新后再试。",
        "no_text": "请先保存答复。",
        "newer_version": "有人刚保存了更新的版本，请先看一看。",
        "wrong_status": "现在的状态不能这样做，请刷新后再看。",
        "own_reply": "答复须由另一位同事批准，起草人和提交人不能批准。",
        "marked": "还有句子被标出。请修改，或勾选“仍要批准”。",
        "marked_amounts": "有金额没有出处或与计算不符，不能批准。请先改正。",
        "not_approved": "答复批准以后才能这样做。",
        "not_sourced": "这份答复的文字没有全部通过核对，不能设为标准答复。",
        "no_section": "认不出答复里回答这个问题的部分：请保留各部分的标题和开头、结尾。",
        "with_facts": "这个答案依据来信里的具体情况，单看问题得不出，不能设为标准答复。",
        "inbox_full": "等待处理的来件太多，暂时不能再转来。",
    },
    failed="没有成功，请再试一次；详情见服务器日志。",
)

EN = DeskWords(
    code="en",
    html_lang="en",
    name="Biaozhuntong",
    title="Replies",
    purpose="Every question of a letter answered in words that have a source",
    switch="中文",
    home="Questions",
    inbox="Inbox",
    new="New inquiry",
    paste="The letter",
    paste_hint="Paste the letter here",
    take="Take it in",
    upload="Upload a letter",
    upload_hint=".txt, .docx or .eml, up to 5 MB",
    cancel="Close",
    search="Find letters and replies",
    search_hint="words, with blanks between them",
    state="Status",
    all_states="All",
    states={
        "new": "New",
        "drafting": "Drafting",
        "awaiting": "Awaiting approval",
        "approved": "Approved",
        "answered": "Answered",
    },
    channels={"pasted": "pasted", "file": "uploaded", "chat": "from the chat"},
    empty_inbox="No inquiries yet. Paste a letter or upload a file to begin.",
    nothing_found="No inquiry matches.",
    letter="Letter and evidence",
    nothing_open="Choose an inquiry on the left",
    nothing_open_more="Its questions, the facts recognised and the evidence found stand here; the draft reply on the right.",
    received="received {at} · {channel} · {by}",
    earlier="Asked before it was forwarded",
    question="Questions in the letter",
    question_n="{n}. {text}",
    answer_this="Answer this question in the reply",
    no_questions="No sentence was recognised as a question. Write below what the letter asks.",
    add_question="Add a question",
    add_hint="what the letter asks and is not listed",
    add="Add",
    facts="Facts recognised",
    facts_hint="Correct what is wrong or missing, then compute again; empty means the letter does not say.",
    correct="Compute with the corrections",
    unknown="not said in the letter",
    placeholders={"place": "e.g. 扬州市", "event_at": "e.g. 2024 or 2024-05"},
    sources="Evidence",
    sources_hint="What rests on evidence that is switched off leaves the draft.",
    no_sources="No clause was found that could serve as evidence.",
    open_source="Open the source",
    doc_no_unseen="no document number seen",
    outdated="The library was updated after this letter came in; its evidence may have changed.",
    reask="Find the evidence anew",
    reply="Reply",
    reply_label="Text of the reply",
    unsaved="Draft, not saved yet",
    saved="Version {n} · {by} · {at}",
    approved="{by} approved version {n} at {at}",
    handed_in="Handed in by {by}, awaiting approval",
    answered="Answered at {at}",
    also_here="{names} has this inquiry open too.",
    no_marks="Every sentence has a source.",
    marks_one="1 sentence needs attention:",
    marks_many="{n} sentences need attention:",
    reasons={
        "no_such_marker": "{what} is no source of this reply",
        "source_off": "source {what} is switched off",
        "source_gone": "the text of source {what} is no longer in the library",
        "no_source": "states the amount {what} without naming a source",
        "number": "the number {what} is not in the sources named",
        "amount": "the amount {what} is not in the sources named",
        "contradicts": "differs from what is computed; for the facts as they are that is {what} yuan",
        "promise": "promises, and its source does not",
        "quote": "the quote is not literal: “{what}”",
    },
    confirm="I have checked each sentence and approve all the same (this is recorded)",
    save="Save",
    redraft="Rewrite from the evidence",
    hand_in="Hand in for approval",
    approve="Approve",
    send_back="Send back",
    sent="Mark as answered",
    copy="Copy the text",
    copied="Copied",
    download="Download as Word",
    conflict="{by} saved a newer version at {at}. Your text is still in the editor below; nothing is lost.",
    theirs="The version they saved:",
    save_over="Save my text as a new version",
    no_contact=(
        "No office and telephone are set (BZT_CONTACT_OFFICE, BZT_CONTACT_PHONE); the reply will not say whom to ask."
    ),
    versions="Versions",
    compare="Compare with",
    version_n="Version {n} · {by}",
    draft_now="The draft as composed now",
    no_versions="Every version that is saved stays here.",
    same="They are the same.",
    standard="Standard reply",
    standard_hint=(
        "An approved reply can become the standard reply to its question: whoever asks exactly that is shown it first, "
        "with its sources and date; it is retired by itself as soon as a clause it cites changes."
    ),
    promote="Make it the standard reply",
    promoted="It is the standard reply now.",
    standards="All standard replies",
    no_standards="There are no standard replies yet.",
    in_use="in use",
    retired={
        "clause_gone": "retired: a clause it cites has changed",
        "policy_changed": "retired: what is known of a document, or its validity, has changed",
        "amount_changed": "retired: another amount is computed now",
        "by_hand": "retired by hand",
        "replaced": "retired: there is a newer standard reply",
    },
    retire="Retire",
    choose_standard="Standard reply to retire",
    retired_now="Retired.",
    done={
        "received": "Taken in.",
        "saved": "Saved.",
        "handed_in": "Handed in; a colleague has to approve it.",
        "approved": "Approved.",
        "sent_back": "Sent back.",
        "answered": "Marked as answered.",
        "corrected": "Computed with the corrected facts.",
        "reasked": "The evidence was found anew.",
    },
    refusals={
        "not_staff": "Replies need a staff account; please sign in.",
        "not_found": "It was not found; it may have been deleted. Reload and choose again.",
        "empty": "The letter is empty; paste its text or choose a file.",
        "too_long": "The text is too long; keep the part that asks.",
        "file_type": "Only .txt, .docx and .eml files are read.",
        "file_size": "The file is larger than 5 MB; paste its text instead.",
        "file_unreadable": "The file cannot be read: it is empty, damaged, or not what its name says. Paste its text instead.",
        "no_question": "There is no such question; reload and try again.",
        "no_text": "Save the reply first.",
        "newer_version": "Somebody has just saved a newer version; please look at it first.",
        "wrong_status": "That cannot be done in this status; reload and look again.",
        "own_reply": "A colleague has to approve it: neither who wrote it nor who handed it in can.",
        "marked": "Sentences are marked. Change them, or confirm that you approve all the same.",
        "marked_amounts": "An amount has no source or differs from what is computed; it cannot be approved. Correct it first.",
        "not_approved": "That is possible once the reply is approved.",
        "not_sourced": "Not all words of this reply pass the check, so it cannot be a standard reply.",
        "no_section": "What the reply says on this question cannot be told: keep the headings, the opening and the end.",
        "with_facts": "The answer rests on facts of this letter and does not follow from the question alone.",
        "inbox_full": "Too many inquiries are waiting; none can be forwarded now.",
    },
    failed="It did not work; please try again. The server's log says more.",
)


def desk_words(language: str | None) -> DeskWords:
    """The labels for a language tag such as `en` or `zh-CN`; Chinese unless it is English."""
    return EN if (language or "").lower().startswith("en") else ZH
