"""Words that only look like something: what a standard is compared with, who else pays, where something happens."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.drafting.tokens import Token

# 被国家标准采纳: what took a standard up says nothing of the standard's own level.
_TAKEN_UP = re.compile(r"被[^,;。]{2,24}?(?:采纳|采用|采信|引用|吸收)")
# 修订《…办法》, 制定实施细则: a document is drawn up, not a standard.
_DRAWN_UP = re.compile(
    # …but 列入国家标准修订计划 is of a standard
    r"(?:制[定订]|修订|起草|编制)(?!(?<=标准..)(?:项目|年度)?计划)(?:和|并|、)?(?:印发|完善|出台|发布)?"
    r"(?=《|(?!本[^,;。]{2,4}第)[^,;。、标]{0,8}(?:办法|细则|方案|规划|计划|目录|指南|意见|制度))"
)
# 严于国家标准、行业标准的团体标准: what a standard is compared with.
_COMPARED = re.compile(
    r"达到(?:国际|国内|国家|行业)(?:先进|领先|一流)水平|(?:高于|严于|优于|不低于|严格于|领先于)(?:现行|相应|同类|有关|相关)?"
    r"(?:(?:国际|国家|行业|地方|省级|推荐性|强制性|团体)(?:先进)?(?:标准)?(?:要求|水平)?[、和或及]*)+"
)
# 国际先进标准 is a measure of quality, and no level.
_ADVANCED = re.compile(r"(?:国际|国内)(?:先进|领先)(?:水平|水准|标准)")
# 主导制定（含团体标准转化）: what is counted with it.
_COUNTED_IN = re.compile(r"\((?:含|包括|包含)[^()]{0,24}(?:转化|升级|升格|技术规范)[^()]{0,6}\)")
# 参照市级标准自行安排: by the measure of another government, and no standard of its level.
_MEASURE = re.compile(
    r"(?:参照|参考|比照|对照)(?:上级|[省市区县国][家市区县级、和或]{0,6})(?:项目|试点)?(?=执行|办理)"
    r"|(?:参照|参考|比照|对照|执行|按照?)(?:上级|[省市区县国][家市区县级、和或]{0,6})标准"
    r"(?=[,;。)]|的?(?:制定|修订|制修订)(?:执行|办理)|(?:的?[^,;。制修]{0,4})?(?:执行|自行|安排|给予|予以|奖|补|资助|兑现|发放|落实|配套|减半|确定))"
)
# 在本市承办国际标准组织年会: where something happens.
_WHERE = re.compile(
    r"(?:在|于|落户|来)(?:本|我|全)?[省市区县](?:行政区域|辖区|域)?(?:内|境内)?"
    r"(?=[^,;。、]{0,6}(?:举办|承办|主办|召开|举行|协办|办理|设立|组织|注册|成立|登记|开展))"
    r"|(?:入驻|落户)(?:本|我|全)[省市区县](?=的)"
)
# 在国家、省奖励的基础上，市级再给予65万元: who else pays, and who pays here.
_ELSE_PAID = re.compile(
    r"在(?:上级|[国省市区县][家市区县级、和及或]{0,8})(?:财政)?(?:奖励|补助|资助|奖补|配套|扶持|补贴)(?=[^,;。]{0,6}基础上)"
    r"|(?<=[,;。])(?:本|我)?[省市区县]级?(?:财政|本级)?"
    r"(?=(?:分别|一律|均|统一)?(?:(?:再|另)(?:行)?(?:分别)?(?:给予|予以|按|奖|补|资助)|予以(?:授牌|表彰|通报)))"
    r"|(?<=[,;。])(?:本|我)?[区县]级?(?:财政|本级)?(?=(?:分别|一律|均|统一)?按)"
)
# 获得市级标准奖励的: what another treasury gave; its level is no standard's.
_RECEIVED = re.compile(r"(?:获得?|取得|享受)了?(?:国家级|省级|市级|区级|县级|上级)标准化?(?=奖励|资助|补助|补贴|扶持)")
# 未获得贡献奖，但新主持制定国家标准的: what the payee has not got is not paid for.
_NOT_GOT = re.compile(r"(?:未|没有|尚未)(?:能|曾)?(?:获得?|获评|取得|入选|入围|列入|评上)[^,;。的]{1,16}(?=的?,[但而])")
# 省级龙头企业承担标准化试点的: the level of whoever does it.
_WHOSE = re.compile(
    r"(?:国家|省|市|区|县)级(?:及?以上)?(?=[^,;。、:的标]{0,8}(?:企业|实验室|中心|合作社|高校|院所)"
    r"(?:[、和或及][^,;。、:的标]{2,10}){0,3}(?:牵头|主持|主导|承担|参与|完成))"
)


def find_shields(plain: str) -> Iterator[Token]:
    """The tokens that keep such words from being read."""
    for pattern in (
        _RECEIVED,
        _TAKEN_UP,
        _DRAWN_UP,
        _COMPARED,
        _ADVANCED,
        _COUNTED_IN,
        _ELSE_PAID,
        _MEASURE,
        _WHERE,
        _WHOSE,
        _NOT_GOT,
    ):
        for match in pattern.finditer(plain):
            yield Token("shield", "", *match.span())
