"""Words that nobody knows, where a word stands that says who is paid, of which level, or for doing what.

What was read of an amount is not all that is said of it. Around what is read only certain words stand as a rule; others say
something (总揽制定, 环球标准, 主城企业, 国字号试点), and the amount is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.drafting.axes import LOCAL, Head
from knowledge.drafting.tokens import Token
from knowledge.drafting.vocabulary import any_of, load_vocabulary
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING

READ = "·"
# 作为居首的起草者完成国家标准
_AS_WHOM = re.compile(
    r"作为[一-龥]{2,12}(?=[,;。]|完成|·+者)|起[一-龥]{2,4}作用|(?:(?<![一-龥])|(?<=[对由给向]))[一-龥]{2,8}··者"
)
_UNREAD_RUN = re.compile(r"[一-龥]+$")
_BEHIND_ROLE = re.compile(
    r"(?:完成|单位|企业|发布|实施|的|了|为[一-龥]{1,4}(?:单位|企业)|上述|以上|前[款述项条]|所列|该|相关|各[类级项]|同[类级等]|一?项|新|和|或|由|在|中|按|对|每)*"
)
_STANDARD = re.compile(r"(?P<which>[一-龥]+)标准$")
# 制定、改版标准; 拟就和修订; but 制定、主导修订 and 制定、修订标准.
_WORK_BEHIND = re.compile(r"[、和及与或]([一-龥]{2})(?=[一-龥]{0,4}标准|的)")
_WORK_BEFORE = re.compile(r"(?<![一-龥]{2})([一-龥]{2})[、和及与或]$")
# 挑梁或参与, 不论挑梁、参与; but 企业、参与制定….
_ROLE_BEHIND = re.compile(r"[、和及与或](?!者?第)([一-龥]{2,6})(?=[,的]|·)")
_ROLE_BEFORE = re.compile(r"(?:^|[^一-龥])[一-龥]{0,4}?(?!单位|企业|机构)([一-龥]{2})(?:[、和及与]|或者?)$")
# Of these an amount may have a level; who accepts them says which.
_ACCEPTED = ("pilot_project", "research", "front_runner", "award")
_OF_LEVELS = (*_ACCEPTED, *DRAFTING, "host_committee", "event", "other")
_LIKE_A_LEVEL = re.compile(
    r"[一-龥]{1,2}(?:(?<![省市区县镇州家上同各逐高初中等分升晋评星年超下一二三四五])级(?!别)|字号|层面|层级)"
    r"|[一-龥]{1,2}(?<!区域)(?<!公益)(?<!学术)(?<!专业)(?<!综合)(?<!创新)(?<!一次)性(?=标准化|学术|论坛|会议)"
)
_ACCEPTED_BY = re.compile(
    r"(?:通过|经)(?!(?:考核|评审|专家|组织|评估|中期|年度|审核|综合|检查|绩效|正式|[主管部门]{2,4}|现场|最终|[一-龥]{0,8}局|如期|按期|集中|复核|结题|结项|终期|阶段|期满){1,4}"
    r"(?:验收|认定|评审|评定|批准|确认|立项))[一-龥]{2,8}?(?<!考核)(?<!评估)(?:验收|认定|评定|批准|确认|立项)"
)
# What a pilot is of: 承担农业标准化试点; in front of it stands who does what to whom.
_DONE_TO_PILOT = re.compile(
    r"[对的由为将把在被和与及或]|承[担办]|举办|[主协]办|召开|列入|获[批评得]?|创建|通过|[入评]选|建成|开展|成功|完成|参[加与]|实施|申报|批准|立项|组织|属于|其中|企业|纳入"
)
_TRADE = re.compile(
    r"(?:其|新增?|首次|年度?|每|个|项|一|标准化?|技术|应用|服务|产品|推广|综合|重点|等|各|所|类|示范|建设|省|市|县|区|[一-龥]{0,3}业|[一-龥]{2}领域"
    r"|社会管理|公共服务|循环经济|乡村振兴|高新技术|消费品?|物流|旅游|文旅|养老|康养|商贸|餐饮|电商|家政|文化|体育|医疗|卫生|教育|交通|金融|科技|节能"
    r"|环保|绿色|海洋|能源|安全|政务|城市|社区|智慧|智能|数字|品牌|首届|届|本地|[省市区县]内|区域性?|重大|大型|专题|学术|相关|有关|高水平|专业)*"
)
# Of these each drafter, place or body is paid once, so that who it is says which row is meant.
_PAID_ONCE = (*DRAFTING, "host_committee", "adopt_standard", "certification", "pilot_project")
_KIND_OF_PAYEE = re.compile(r"(?P<kind>[一-龥]{1,6}?)(?P<noun>单位|企业|机构)(?!所|专家)")
# 经第三方机构评价: who judges the standard is not who is paid for it.
_JUDGES = re.compile(r"评[价估审]|认证|验证|鉴定|审[核查]|检测|测评")
_LIKE_A_PLACE = re.compile("[城郊域县镇乡外围片]$")
_NO_KIND = re.compile(r"[对给向将把由的在]|并且?|且|或者?|和|与|及|为|奖励|资助|补助|鼓励|支持|按照|根据")
# In a run of words that is more than the name of a trade.
_NO_TRADE = re.compile("[的对给向将把由为被者]|单位|企业|机构|委员|承担|主任|秘书")
# Levels that no name of a place goes in front of.
_TOLD_BY_NAME = ("international", "national", "industry", "group", "alliance")
# How unread words end that stand directly in front of these where nothing is said that changes them.
_USUAL_BEFORE = {
    "activity": re.compile(
        r"(?:标准|对|按照?|在|团体|新|身份|年|面|并|且|单位|和|与|及|或者?|组织|级|每|企业|所|的|协会|学会|联盟|位|非|由|联合"
        r"|标准(?:局部|全面|整体|部分|条文|重新|动态|适时)|共同|自主|率先|首次|以|承担|完成|指|中|者|公司|机构|院|校|后|项目|为|是|各|均|其|可|须|应|经|已|家|方|将|向|给|申请|申报|扶持|支持|资助|奖励|补助|鼓励|技术|属于?|进入|列入|主体|被|标准前言|前言)$"
    ),
    "standard": re.compile(
        r"(?:以|的|协同|区域|所涉|涉及|军用|通用|强制性|推荐性|产品|前款|前条|前述|前项|上述|规定|所述|现行|技术|对|于|且|并|获得|自|和|与|及|或者?|该|为|位列|按|每|项|一个|新|在|类|级|其他|系列"
        # 属于我市重点产业链急需标准: what trade it is of, and that it is wanted
        r"|^属于?(?:[我本][省市区县])?(?:(?:重点|主导|优势|支柱|战略性|新兴|未来|特色)*(?:产业链?|领域|行业|集群))+(?:急需|紧缺|亟需|短缺|关键|核心)?)$"
    ),
    "level": re.compile(
        r"(?:的|完成|项|含|本[会省市区县]|本协会|标准|和|与|及|或者?|发布|公布|实施|立项|推荐|备注|为|成|至|业|领域|产业|类|协会|学会|团体|联盟|承担|新增了?|对|将|该|其|”|属于?|限"
        r"|按|在|上|级|部|部门|先进|优秀|领先|比照|首项|其中|两级|协同|通过|参照|适用|说明|以|经|向|单位|企业|于|中|后|年|日|每|达到|高于|严于|获得?|提出|担任|所列|上述|[一二三四五六七八九]类?是(?:提高|增加|新增|取消)?了?|即|增加了?|提高了?|取消了?)$"
    ),
    "committee": re.compile(
        r"(?:承担|或者?|的|化|专业|含|其|对|和|与|及|一次性|领域|业|本会|本协会|本学会|成立|筹建|组建|获批|批准|设立?|担任|新|为|由|在|落户|引进|国家)$"
    ),
    "rank": re.compile(
        r"(?:其中|作为|第|单位|企业|的|标准|中|属|对|由|且|以|限|署|为|列|指|按照?|行业|者|和|与|及|或者?|是|在|前言|名单|主要|列名|署名|进入|列入|但|区内|团体|机构|院所|排)$"
    ),
}


def unread_words(plain: str, words: Span, tokens: Sequence[Token]) -> str:
    """The words with everything that is read blanked out."""
    chars = list(plain[slice(*words)])
    for token in tokens:
        if words.start <= token.start and token.end <= words.end:
            chars[token.start - words.start : token.end - words.start] = READ * (token.end - token.start)
    return "".join(chars)


def strange_words(plain: str, words: Span, tokens: Sequence[Token], explicit: Head, activity: str) -> str | None:
    """Why words that nobody knows may say of an amount what was not read; null where there are none.

    Args:
        plain: the folded text.
        words: the range of the amount's own words.
        tokens: what is read in it.
        explicit: the head of these words.
        activity: what the amount is paid for; empty where that is not one kind of thing.
    """
    open_words = unread_words(plain, words, tokens)
    here = [token for token in tokens if words.start <= token.start and token.end <= words.end]
    if activity in DRAFTING and (as_whom := _AS_WHOM.search(open_words)):
        return f"whom {as_whom.group()} makes the one who is paid is not clear"
    odd = _strange_before(plain, words, here, explicit, activity, open_words)
    odd = odd or (_strange_sibling(plain, words, here, open_words) if activity in DRAFTING else None)
    if odd is None and not explicit.of("level"):
        odd = _strange_level(words, here, activity, open_words)
    if odd:
        return f"what {odd} says is not clear"
    if activity in _PAID_ONCE and (payee := strange_drafter(open_words, drafts=activity in DRAFTING)):
        return f"whom {payee} makes the one who is paid is not clear"
    return None


def _strange_before(
    plain: str, words: Span, tokens: Sequence[Token], explicit: Head, activity: str, open_words: str
) -> str | None:
    """Unread words directly in front of one that is read, where only known ones stand: 总揽制定, 环球标准, 举国技术委员会.

    They say who drafts, which standard, or of whom the committee is, in a way that nobody knows.
    """
    kinds = {"host_committee": {"committee"}}.get(activity, set())
    kinds |= {"activity", "rank", "level"} if activity in DRAFTING else set()
    if activity in DRAFTING and (not explicit.of("level") or any(token.kind == "aligning" for token in tokens)):
        kinds.add("standard")  # beside levels that have one amount, another standard changes nothing
    usual_standard = _USUAL_BEFORE["standard"]
    for token in tokens:
        usual = _USUAL_BEFORE.get(token.kind)
        if usual is None or token.kind not in kinds:
            continue
        if token.kind == "activity" and token.value not in DRAFTING:
            continue
        local = token.kind == "level" and token.value == LOCAL
        if token.kind == "level" and (token.of != "standard" or token.value not in (LOCAL, *_TOLD_BY_NAME)):
            continue
        run = _UNREAD_RUN.search(open_words, 0, token.start - words.start)
        if run is None or run.group().startswith("含"):
            continue
        known = usual.search(run.group())
        if known and token.kind == "activity" and not explicit.of("level") and (which := _STANDARD.search(run.group())):
            known = usual.search(which["which"]) or usual_standard.search(which["which"])  # 主导环球标准制定
        before = next((t for t in tokens if t.end == words.start + run.start()), None)
        # 参编物流国家标准
        verb = before is not None and plain[before.end - 1] in "编草定"
        work = before is not None and before.kind in ("role", "rank") and not explicit.of("activity") and not verb
        if work and token.kind in ("level", "standard"):
            known = _BEHIND_ROLE.fullmatch(run.group())  # 主导改版上述标准
        if known or _is_trade(plain, run, before, words.start):
            continue
        # 主导编制物流国家标准: behind who drafts a word says for which trade, but 主导改版国家标准 says what is done.
        begins = run.start() == 0 or open_words[run.start() - 1] != READ or (before and before.kind == "place")
        if token.kind != "level" or begins or work or local:
            return run.group()
    return None


def _is_trade(plain: str, run: re.Match[str], before: Token | None, start: int) -> bool:
    """Whether unread words say of which trade what is read behind them is: its level stands in front of them.

    全国城市公共交通标准化技术委员会; “品字标”农产品团体标准, whose name stands there.
    """
    if plain.startswith("”", start + run.start() - 1):
        return True
    level = before is not None and before.kind == "level" and before.of == "committee"
    return level and _NO_TRADE.search(run.group()) is None


def _strange_sibling(plain: str, words: Span, tokens: Sequence[Token], open_words: str) -> str | None:
    """An entry that nobody knows beside one that says what is done to a standard, or by whom: 制定、改版, 挑梁或参与."""
    for token in tokens:
        if token.kind == "activity" and token.value in DRAFTING:
            text, at = plain, 0
            behind, before = _WORK_BEHIND, _WORK_BEFORE
        elif token.kind in ("role", "rank"):
            text, at = open_words, words.start
            behind, before = _ROLE_BEHIND, _ROLE_BEFORE
        else:
            continue
        for found in (
            behind.match(text, token.end - at, words.end - at),
            before.search(text, words.start - at, token.start - at),
        ):
            if found is not None and not any(
                t.start - at < found.end(1) and found.start(1) < t.end - at for t in tokens
            ):
                return found[1]
    return None


def _strange_level(words: Span, tokens: Sequence[Token], activity: str, open_words: str) -> str | None:
    """Unread words where a level would stand, before an amount that has none of its own: 国字号试点, 通过县里验收的."""
    if activity in _OF_LEVELS and (level := _LIKE_A_LEVEL.search(open_words)):
        return level.group()
    by = _ACCEPTED_BY.search(open_words) if activity in _ACCEPTED else None
    if by is not None and not (activity == "award" and by.group().endswith("政府批准")):
        return by.group()  # a prize is of who founded it, whoever approves of who gets it
    for token in tokens:
        if token.kind == "activity" and token.value == activity in ("pilot_project", "event"):
            run = _UNREAD_RUN.search(open_words, 0, token.start - words.start)
            of = _DONE_TO_PILOT.split(run.group())[-1] if run is not None else ""
            if _TRADE.fullmatch(of) is None:
                return of
    return None


def strange_drafter(open_words: str, *, drafts: bool = True) -> str | None:
    """Those who are paid where a word that nobody knows says which of them: 主城企业, 挑梁单位, 居首的起草者.

    Where nothing is drafted and nobody hosts (`drafts` is false), their trade changes nothing, but their place does: 文旅企业.
    """
    usual = any_of(load_vocabulary().usual_payees)
    for found in _KIND_OF_PAYEE.finditer(open_words):
        kind = _NO_KIND.split(found["kind"])[-1]
        strange = usual.search(kind) is None if drafts else _LIKE_A_PLACE.search(kind) is not None
        judges = kind.startswith("经") and _JUDGES.match(open_words, found.end()) is not None
        if len(kind) > 1 and strange and not judges:
            return kind + found["noun"]
    return None


def strange_payee(open_words: str) -> str | None:
    """Payees whose kind is named, and by no word that is known: 委员单位."""
    vocabulary = load_vocabulary()
    for found in re.finditer(
        r"(?P<kind>[一-龥]{2,5}?)(?:单位|企业|机构|团队|人员|专家|协会|会员|起草者|编写者|编制者|参与者)(?!所)",
        open_words,
    ):
        kind = re.split(r"[对给向将把]|并且?|且|或者?", found["kind"])[-1]
        if len(kind) > 1 and any_of(vocabulary.usual_payees).search(kind) is None:
            return found.group()
    return None
