"""Payments that a text only tells of: those of former rules, of other places and offices, worked examples.

Whether a payment is this document's own is no matter of the words beside its amount alone: a heading, the subject of the
sentence (原办法…), what follows it (…同时废止, 不在本办法范围), or the amendment it stands in decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from knowledge.drafting.payer import Payers, own_names
from knowledge.drafting.stretches import Reading
from knowledge.drafting.vocabulary import either, folded, load_vocabulary
from knowledge.model import Span
from knowledge.rule_schema import IgnoreReason

# Characters at the top and at the end of a document that name its own places.
_TOP, _TAIL = 160, 60
_DOUBTFUL = "somebody else than the issuer seems to pay it"
_SUPPOSED = "what is said to be paid if something else were so"
_LATE = 4  # a part that explains a document stands behind its first quarter
_YEARS_BEFORE = r"(?:\d{4}年|(?:本(?:办法|细则|意见|规定|措施|政策)|新(?:办法|细则|规定|政策))(?:施行|实施|印发|出台))"
_BEFORE = r"(?:底|末|\d{1,2}月(?:\d{1,2}日)?)?(?:以前|之前|前)"
_RANK = {"国": 4, "中": 4, "省": 3, "自": 3, "市": 2, "上": 4}
# 第五条中的“…30万元”修改为“…”: what stood there before.
_REPLACED = re.compile(r"“[^”]*”(?=[^“”,。;\n条款项]{0,8}(?:改为|调整为|修订为|变更为|替换为|换为|改成))")
_DELETED = re.compile(r"(?:删去|删除|删掉)(?:(?!增加|修改|改为)[^。;])*|(?:取消|废除)了?(?!资格|申|其)[^。;,]*")


class Hearsay:
    """The payments that a document only tells of."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._plain = reading.plain
        self._payers = Payers(reading)

    def doubt(self, span: Span) -> str | None:
        """Why it is not clear that the issuer pays the amounts in a range; null where it is."""
        ahead = Span(self._reading.sentence_at(span.start).start, span.start)
        if self._payers.standing(ahead) == "doubtful":
            return _DOUBTFUL
        segment = self._plain[slice(*ahead)].rpartition(";")[2]
        return _SUPPOSED if _patterns()["supposed"].search(segment) else None

    def reason(self, span: Span) -> IgnoreReason | None:
        """Why the amounts in a range are no payment of the document; null where nothing says so."""
        if any(former.start <= span.start and span.end <= former.end for former in self._amended):
            return "history"
        for told in self._parts:
            if told[0].start <= span.start < told[0].end:
                return told[1]
        sentence = self._reading.sentence_at(span.start)
        ahead = self._plain[sentence.start : span.start]
        behind = self._plain[span.end : sentence.end]
        if self._former(ahead, behind):
            return "history"
        if self._told(span, ahead):
            return "history"
        if self._elsewhere(ahead):
            return "elsewhere"
        if _OWN_EXPENSE.match(behind):
            return "fee"
        if self._of_others(ahead, behind) or _patterns()["planned"].search(ahead.rpartition(";")[2]):
            return "other"
        standing = self._payers.standing(Span(sentence.start, span.start))
        return {"elsewhere": "elsewhere", "others": "other"}.get(standing)  # type: ignore[return-value]  # reasons

    @cached_property
    def _amended(self) -> list[Span]:
        """What a decision of amendment replaces or strikes out."""
        return [Span(*found.span()) for form in (_REPLACED, _DELETED) for found in form.finditer(self._plain)]

    @cached_property
    def _parts(self) -> list[tuple[Span, IgnoreReason]]:
        """The parts of the document that pay nothing: notes on the draft, worked examples."""
        return [*self._notes(), *self._examples()]

    def _notes(self) -> Iterator[tuple[Span, IgnoreReason]]:
        for found in _patterns()["notes"].finditer(self._plain, self._reading.size // _LATE):
            annex = _ANNEX.search(self._plain, found.end())
            yield Span(found.start(), annex.start() if annex else self._reading.size), "history"

    def _examples(self) -> Iterator[tuple[Span, IgnoreReason]]:
        """An example with all of its paragraph, up to what is said 对 somebody; below a heading or a question the whole item."""
        starts = [stretch for stretch in self._reading.stretches if stretch.table is None]
        for index, stretch in enumerate(starts):
            if not _patterns()["example"].match(self._plain, *stretch.span):
                continue
            end = self._reading.line_end(stretch.span.start)
            if rule := _RULE_BEGINS.search(self._plain, stretch.span.end, end):
                end = rule.start()
            if stretch.kind in ("heading", "lead_in", "question") and stretch.rank is not None:
                behind = (s.span.start for s in starts[index + 1 :] if s.rank is not None and s.rank <= stretch.rank)
                end = next(behind, self._reading.size)
            yield Span(stretch.span.start, end), "example"

    # --- former rules ------------------------------------------------------------------------------------------------

    def _former(self, ahead: str, behind: str) -> bool:
        patterns = _patterns()
        now = _since(patterns["renewed"], ahead)
        told = (f for f in patterns["former"].finditer(now) if not _is_compared(now, f))
        former = next((f for f in told if not self._is_recent(f["year"])), None)
        if former is not None and not _is_condition(now, former):
            return True
        if (
            _BEHIND.match(behind)
            or _PAID_IN_A_YEAR.search(now)
            or _BEFORE_A_DATE.search(now)
            or patterns["long_ago"].search(now)
            or _BY_THEN.search(now)
            or ((edition := _EDITION.search(now)) is not None and edition["which"] not in self._own_names)
            or patterns["is_only"].search(now)
            or patterns["then"].search(now)
            or (patterns["stopped"].match(behind) and _SINCE_A_YEAR.search(now))
        ):
            return True
        return patterns["repealed"].match(behind) is not None and (
            former is not None or _NAMED_RULES.search(now) is not None or _ATTACHED.match(behind) is not None
        )

    def _told(self, span: Span, ahead: str) -> bool:
        """Whether somebody tells of the amount: “拿到48万元奖励！”企业负责人说; 据统计，; 345万元，占比最高."""
        line = self._plain[span.end : self._reading.line_end(span.end)]
        return _patterns()["told"].match(ahead) is not None or _SAID.match(line) is not None

    def _is_recent(self, year: str | None) -> bool:
        """Whether rules of that year may be the document's own."""
        return year is not None and self._own_year > 0 and int(year) >= self._own_year

    @cached_property
    def _own_year(self) -> int:
        """The latest year at the edges of the document; 0 without one, and no year is recent then."""
        edges = (
            folded(self._reading.document.policy.title) + self._plain[:_TOP].partition("。")[0] + self._plain[-_TAIL:]
        )
        return max(map(int, _YEAR.findall(edges)), default=0)

    # --- other places ------------------------------------------------------------------------------------------------

    def _elsewhere(self, ahead: str) -> bool:
        patterns = _patterns()
        here = _since(patterns["own"], ahead)
        if _ITS_OWN.search(here) or patterns["neighbours"].search(here):
            return True
        return any(not self._is_own(found["name"]) for found in patterns["place_pays"].finditer(here))

    @cached_property
    def _own_names(self) -> str:
        return own_names(self._reading)

    def _is_own(self, name: str) -> bool:
        return any(name[at : at + 2] in self._own_names for at in range(len(name) - 1))

    # --- other offices -----------------------------------------------------------------------------------------------

    def _of_others(self, ahead: str, behind: str) -> bool:
        patterns = _patterns()
        segment = ahead.rpartition(";")[2]
        if patterns["disclaimed"].match(behind) or _NAMES_POLICY.match(behind) or "从其规定" in segment:
            return True
        if patterns["other_office"].search(segment) and patterns["by_their_rules"].match(behind):
            return True
        if patterns["firm_pays"].search(segment):
            return True
        if _in_reference(segment, behind) or _is_part(segment) or patterns["given_above"].search(segment):
            return True
        own_rank = self._reading.rank_of_issuer or 2
        payer = patterns["office_pays"].search(segment)
        if payer is not None and (payer["of"] is None or _RANK[payer["of"][0]] > own_rank):
            return payer.group() not in self._own_names
        quoted = patterns["quoted"].search(_since(patterns["own"], segment))
        return quoted is not None and _RANK[quoted["of"][0]] > own_rank and not _is_ground(segment, quoted["of"])


# 如每册80元）由申报单位自理: what somebody else pays.
_OWN_EXPENSE = re.compile(
    r"(?:/[^,;。]{1,3})?[)]?,?(?:(?!其余|不足|超出|剩余|差额|部分)[^,;。]){0,8}?"
    r"(?:不予?报销|自理|自付|自负|自担|自行(?:承担|负担|解决)|由(?:申报|申请|承担|参会|参加|委托)?(?:企业|单位|人|个人|机构)[^,;。]{0,6}(?:承担|负担|支付|缴纳))"
)
# 对标滨禾高新区（其国家标准奖励为40万元）
_ITS_OWN = re.compile(r"\(其(?![中余他它])[^()]*$")
_SAID = re.compile(r"[^;。]{0,6}占(?:比|总)|[^“”\n]{0,40}”[^,;。\n]{0,20}(?:说|表示|称|介绍|告诉|感慨|感叹|坦言)")
_SINCE_A_YEAR = re.compile(r"(?:自|从|于)?\d{4}年(?:起|以来|开始)")
_ANNEX = re.compile(r"(?m)^附[件表]")
_NAMED_RULES = re.compile(r"《[^》]+》|该(?:办法|意见|规定|细则|政策|奖)|\d{4}年[^,;。]{0,6}(?:设立|出台|印发|制定)")
_ATTACHED = re.compile(r"[)）]?[^,;。]{0,6}(?:废止|停止|失效|不再|终止)")
# 2020年以前国际标准奖励额度为55万元; but 2020年以前发布的 says which standards.
_BEFORE_A_DATE = re.compile(
    _YEARS_BEFORE
    + _BEFORE
    + r",?(?![^,;。]{0,8}(?:的[,，]|发布|申报|申请|完成|获|取得|通过|批准|成立|立项|提交))[^,;。]*$"
)
_YEAR = re.compile(r"(?:20|19)\d\d(?=年|[〕\]])")
# 按每项15万元的原标准执行.
_BEHIND = re.compile(r"的?(?:原有?|旧|老|当时)(?:的)?(?:资助|奖励|补助)?(?:标准|办法|政策|规定|额度)")
# Behind an example in the same paragraph: what begins so is a rule again.
_RULE_BEGINS = re.compile(r"(?<=[。;])(?:对|凡|各|本(?!例|案)|同一|单个)")
# 按立项时的标准, 按发布当年的政策: what held then.
_BY_THEN = re.compile(
    r"(?:按照?|依照?|执行)[^,;。]{0,8}(?:立项|申报|受理|发布|获批|批准)(?:时(?!间|限|序)|当年|当时)[^,;。]{0,12}(?:标准|政策|规定|有效|额度|办法|执行)[^;。]*$"
    r"|(?:立项|申报|受理|发布|获批|批准)(?:时(?!间|限|序)|当年|当时)(?:执行|实行|适用|有效)[^;。]*$"
)
# 第一届标准创新贡献奖获奖单位各获得20万元: what was given at another edition; but 承办首届论坛的，奖励….
_EDITION = re.compile(
    r"(?<![办在])(?P<which>首届|上一?届|往届|前[两三几]届|第[一二三四五六七八九十\d]{1,3}届)(?!起|以后|开始)(?![^;。]*的[^,;。]{0,4},)[^;。]*$"
)
# 2022年全市发放标准化奖励480万元; 首届贡献奖于2019年评选，共表彰项目9个，颁发奖金138万元.
_PAST = (
    r"(?:(?:19|20)\d\d年(?:度|底|以来)?"
    r"|(?<!每)(?:[首上历]|上一|前[一二两三]|近[两三]|第[一二三四五六七八九十\d]{1,3})届|设立以来)"
)
_GAVE = r"(?:发放|兑现|兑付|拨付|支付|下达|支出|投入|落实|颁发|发出|(?<=共)发)了?[^,;。的每]{0,16}$"
_PAID_IN_A_YEAR = re.compile(
    rf"{_PAST}[^,;。的每对]{{0,16}}{_GAVE}"
    rf"|{_PAST}(?:发放|兑现|兑付|拨付|支付|下达)的[^,;。每对]{{0,16}}$"
    rf"|{_PAST}(?:(?!的,)[^;。每对]){{0,24}}(?:[^规]共|累计|合计|已|先后|评选?出|表彰|授[予奖]"
    r"|(?:资助|奖励|补助|扶持|支持)了?\d+(?:余)?[项家个件人])"
    rf"(?:(?!的,)[^;。每对]){{0,30}},[^,;。的每]{{0,6}}{_GAVE}"
)
# 县里对国家标准每项奖励30万元的政策，由企业自行申报.
_NAMES_POLICY = re.compile(
    r"(?:/[^,;。]{1,3})?的(?:现行|有关|相关|奖励|补助|资助)*(?:政策|规定|做法|条款)(?!范围|标准)"
)
_AMOUNT_ENDS = re.compile(r"\d+(?:\.\d+)?[万亿千]?元$")
# Behind a bracket: 获提名奖（奖金20万元）的企业，主导制定国家标准的，奖励30万元.
_GIVES_BEHIND = re.compile(r"[^()]*\)[^,;。()、]{0,10}的[^;。()]*?\d+(?:\.\d+)?[万亿千]?元")
_PARTED = re.compile(r"(?:元|元的)\((?:其中|含|包括|由)[^()]*$|(?:含|包括)[^()]{0,12}\([^()]*$")
_BORNE_BY = re.compile(
    r"[(,、和由中含](?:国家|中央|省|市|区|县|镇|上级|本级)(?:级|本级|政府)?(?:财政|资金|部分)?(?:各|分别)?(?:承担|负担|安排|出资|补助|奖励)?$"
)
_OPEN_BRACKET = re.compile(r"(?P<before>[^()]*)\([^()]*$")
_PROGRAMME = re.compile(
    r"(?:资金|专项|补贴|津贴|补助|经费|政策|办法|规定|细则|意见|奖励|贷款?|基金|项目|计划|工程|贴息|支持|资助|》|文件|制度)$"
)
_REFERENCE_GOES_ON = re.compile(
    r"[^()]*\)[^,;。]{0,16}?(?:的[,;。]|的(?:单位|企业|项目)[,;。]|支持|资助|不再|停止|不属于|不在|不纳入|不适用|按照?|与|由|另行|办理)"
)


def _since(pattern: re.Pattern[str], words: str) -> str:
    """The words behind the last match."""
    return words[max((found.end() for found in pattern.finditer(words)), default=0) :]


def _is_condition(words: str, former: re.Match[str]) -> bool:
    """Whether the former rules only say who is meant: 已按原办法获得奖励的，再给予5万元."""
    return (
        re.search(r"(?:已|曾|享受|获|领|经|受理)[^,;。]{0,8}$", words[: former.start()]) is not None
        and re.search(r"的[^,;。]{0,6},", words[former.end() :]) is not None
    )


def _is_compared(words: str, former: re.Match[str]) -> bool:
    """Whether former rules are only what an amount is compared with, in a part of the sentence that is over.

    …每项奖励35万元，较原办法的20万元有所提高；主导制定行业标准的，每项奖励16万元
    """
    return words[: former.start()].endswith(("较", "比", "相比", "较之")) and ";" in words[former.end() :]


def _in_reference(ahead: str, behind: str) -> bool:
    """Whether an amount stands in the bracket behind the name of another programme: 已获省级资金（最高50万元）支持的."""
    bracket = _OPEN_BRACKET.search(ahead)
    if bracket is None or _AMOUNT_ENDS.search(bracket["before"]) is not None:
        return False
    if _PROGRAMME.search(bracket["before"]) is not None and _REFERENCE_GOES_ON.match(behind) is not None:
        return True
    return _GIVES_BEHIND.match(behind) is not None


def _is_part(ahead: str) -> bool:
    """Whether an amount is the part that one treasury bears of another: 30万元（其中市级20万元）, 含上级资金（省级15万元）."""
    bracket = _OPEN_BRACKET.search(ahead)
    return bracket is not None and _BORNE_BY.search(ahead) is not None and _PARTED.search(ahead) is not None


def _is_ground(ahead: str, quoted: str) -> bool:
    """Whether a higher rule is only the ground of what follows: 根据省《办法》规定，对…给予."""
    before, _, after = ahead.rpartition(quoted)
    return "," in after and re.search(r"(?:根据|依据|按照?|依照|贯彻|落实|结合)[^,;。]{0,6}$", before) is not None


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_vocabulary().hearsay
    said = {name: either(forms) for name, forms in words.items()}
    rules = said["rules"]
    pays = said["pays"]
    former = rf"{said['former']}(?![一二两三四几\d]?[条款项述])"  # 修订前两条规定的标准的
    before_rules = r"(?:^|(?<=[^一-龥])|(?<=[按照仍由的对与将为以在区县市和但及自据行]))"
    return {
        name: re.compile(form)
        for name, form in {
            "former": (
                rf"(?:{former}|(?<![太中平开固松五草高屯])原(?:有|来|定|先)?|\d{{4}}年?版)(?:的|《[^》]*》)?{rules}"
                rf"|(?P<year>\d{{4}})年(?:(?:出台|印发|制定|发布|实施|执行|颁布)的|度?的?(?={rules}(?:是|为|规定|明确))){rules}"
                rf"|{before_rules}(?:{former}|原(?!则|因|料|材|创|产|始|件|籍|本|状|值|文))[^,;。:()]{{1,12}}?{rules}"
                rf"|{said['repealed']}[,;]"
            ),
            "then": (
                r"(?:^|(?<=[,;:(\s]))(?:此前|以往|过去|之前|当时|最初|起初|早期|从前|[^,;。]{0,4}(?:调整|修订)前,|[^,;。]{1,8}曾于)[^,;。的已未没无曾获享]{0,4}"
                rf"(?:对(?!已|未)|规定|执行|实行|给予|{pays})|一度(?:达|为)[^,;。]*$|获得?了$"
                # 区里曾按30%计, 曾给过20万元
                r"|(?<!未)(?<!不)曾经?(?:按照?|以|执行|实行|为|是|[给奖补]过?|资助过?)[^,;。的]{0,8}$"
            ),
            "stopped": rf",?(?:已|现|并)?(?:于|自|至|到|从)?\d{{4}}年[^,;。]{{0,8}}{said['repealed']}",
            "planned": rf"{said['planned']}[^;。]*$",
            "long_ago": rf"(?:^|(?<=[,;:()\s\d一二三四五六七八九十几数年])){said['long_ago']}(?![^;。]*的[^,;。]{{0,6}},)[^;。]*$",
            "supposed": (
                rf"(?:^|(?<=[,;:()\s])){said['supposed']}[^;。]{{2,30}}?(?:只|仅)(?:能|可|得到?|有)?(?:按[^,;。]{{1,10}})?"
                r"(?:奖励?|补助?|给予?|得到?|获得?|资助)$"
            ),
            "told": (
                r"(?:^|.*\s)(?:据(?:不完全)?(?:统计|悉|了解|介绍|报道|测算|估算)|日前|昨日|近日|记者|历年|评审结果|[^,;。]{0,4}测算)"
                r"(?![^。;]*的,)"
            ),
            # 企业可对主要起草人给予1万元: what firms give.
            "firm_pays": (
                r"(?:企业|单位|协会|商会|院所|高校|负责人)(?:可以?|应当?|须)(?:自主|自行)?(?:对|向|从)(?:(?!申请|申报|申领)[^,;。])*$"
                r"|(?:用人单位|(?:鼓励|倡导|引导|提倡)[^,;。对]{2,16}对)[^,;。]*$"
            ),
            "office_pays": (
                r"(?:^|(?<=[,;:(\s]))(?:(?P<of>国家|省|自治区)[^,;。、对由按给]{1,12}(?:委|局|厅|部|办)"
                r"|[市区县]?(?:总工会|团[市区县省]委|妇联|商会|银行|保险公司|担保公司|基金会))"
                rf"(?:对[^,;。]*|另[^,;。]*)(?:给予|发放|支持|{pays})[^,;。]*$"
            ),
            "renewed": rf"{said['renewed']}|{either(load_vocabulary().grows)}",
            "repealed": (
                rf"(?:(?!{said['renewed']}|原|旧)[^;。])*?{said['repealed']}"
                r"|(?:[^,;。]{0,40})的?(?:规定|条款|额度|标准|办法),?(?:仅|只|仍)?适用于[^,;。]{0,30}前"
            ),
            "is_only": (
                r"(?:从|\d{4}年(?:底|度)?(?:已|仅|只)?(?:为|达|是|有))(?:每[^,;。]{1,4})?$"
                rf"|{pays}[^,;。]{{0,6}}(?<!可){said['reached']}[到了]?$|{said['own']}[^,;。]{{0,4}}{said['only']}$"
            ),
            "neighbours": rf"(?<![与和同跟合向赴在到往从境国海]){said['neighbours']}(?!企业|单位|主体|场)[^。]*$",
            "own": said["own"],
            "place_pays": (
                rf"(?:(?<![一-龥])|(?<=[如像中而但的于过比较和与及]))(?!{said['own_kinds']})(?P<name>[一-龥]{{2,4}}?)"
                rf"{said['place_ends']}(?:(?:的|则|已|也|目前|现|最高){{0,2}}(?:对|规定|出台|明确|政策|现行)"
                rf"|[^,;。对]{{0,12}}{pays}[^,;。]{{0,8}}(?:为|达|是)|(?:则|已|也)?(?:为|是|达|仅|只有|\()[^,;。()]{{0,6}}$)"
            ),
            "disclaimed": (
                rf"[^;。]{{0,40}}?(?:不(?:在|属于?|纳入|列入|归|适用于?(?!第[^,;。]{{1,4}}[条款项]))(?:本|该)?[^,;。总累合]{{0,12}}(?:范围|之列|范畴|{rules})"
                rf"|按(?:照)?(?:各自|原渠道|原有渠道|其自身|既有渠道)|与(?:我|本)[^,;。]{{0,8}}无关"
                rf"|(?:本|我)[^,;。]{{1,4}}不(?:再|予|另)?(?:重复)?(?:安排|支持|负担|奖励|资助|补助|补贴)|不作为[^,;。]{{0,10}}依据|,已?如[前上](?:文|面)?(?:所述|述))"
            ),
            "other_office": said["offices"],
            "by_their_rules": (
                r"[^;。]{0,20}?(?:按照?|依照|执行)(?:相应|其|有关|相关|该)[^,;。]{0,6}(?:规定|办法|政策)"
                r"[^,;。]{0,2}(?:执行|办理)"
            ),
            "quoted": (
                r"(?P<of>(?:国家|国务院|中央|省级?|自治区级?|(?:(?<![一-龥])|(?<=[按照据在由和与对及如]))市级?|上级)(?:人民)?(?:政府)?)"
                rf"(?:的|现行|有关|相关){{0,2}}(?:《[^》]*》|{rules}|{pays}(?:标准|额度|金额)?)(?:第[^条]{{1,4}}条)?"
                r"(?:规定|明确|中|对|里|提出|为|是|分别为)"
            ),
            "given_above": rf"由(?:国家|中央|上级){{1,2}}(?:财政|部门|政府)?[^,;。]{{0,4}}(?:给予|予以|{pays})[^,;。]{{0,10}}$",
            "notes": rf"(?m)^[ \t]*(?:附[件]?\d?[:.、]?)?(?:关于[^\n。]{{0,40}}的)?{said['notes']}(?=[\n:(]|$)",
            "example": (
                rf"[^,;。:]{{0,8}}?{said['example_parts']}|[^,;。:]{{0,6}}?以[^,;。]{{1,24}}为例"
                rf"|{either(load_vocabulary().purposes['example'])}"
            ),
        }.items()
    }
