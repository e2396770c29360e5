"""A small invented corpus of two cities: one that pays, two years of it, and a draft of the other."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from knowledge.embedding import HashEmbeddings, Vectors
from knowledge.progress import Progress

TODAY = date(2026, 11, 22)

TEXTS = {
    "ningbo-2016": """宁波市标准化工作奖励办法
甬政发〔2016〕8号
第一条 为推进全市标准化工作,制定本办法。
第二条 对主导制定国家标准、行业标准的企业,分别给予30万元、12万元的奖励。
第三条 到2018年,全市新增国家标准40项。
第四条 申报材料包括标准文本和营业执照,于每年3月31日前报市市场监管局。
第五条 领导小组办公室设在市市场监管局,负责日常工作。
""",
    "ningbo-2020": """宁波市标准化发展规划(2020—2025年)
一、发展目标
到2025年,全市新增国家标准60项,建成标准化试点120个。
二、重点任务
(一)建设标准化服务平台。依托检验检测机构,面向中小企业提供标准查询、比对和咨询服务,每年服务企业3000家次以上。
(二)培育标准化专业人才。在高等学校开设标准化课程,支持企业设立标准化岗位,每年培训标准化骨干500人次。
(三)推动国际标准化合作。鼓励海洋装备企业参与国际标准化活动,承办国际标准化会议,吸引专家来甬工作。
三、保障措施
市财政每年安排标准化工作经费800万元,由市市场监管局会同市财政局管理,专款专用,接受审计监督。
""",
    "shaoxing-2019-draft": """绍兴市标准化工作意见(征求意见稿)
第一条 到2022年,全市新增国家标准25项。
第二条 支持纺织企业制定标准。
""",
}

_POLICIES = [
    {
        "id": "ningbo-2016",
        "title": "宁波市标准化工作奖励办法",
        "title_en": "Measures of Ningbo for Rewarding Standardization",
        "issuer": "宁波市人民政府",
        "place": {"code": "330200", "name": "宁波市", "name_en": "Ningbo", "level": "city"},
        "doc_no": "甬政发〔2016〕8号",
        "signed": "2016-03-01",
        "goal_period": {"start": "2016-01-01", "end": "2018-12-31"},
        "status": "in_force",
    },
    {
        "id": "ningbo-2020",
        "title": "宁波市标准化发展规划(2020—2025年)",
        "place": {"code": "330200", "name": "宁波市", "name_en": "Ningbo", "level": "city"},
        "goal_period": {"start": "2020-01-01", "end": "2025-12-31"},
    },
    {
        "id": "shaoxing-2019-draft",
        "title": "绍兴市标准化工作意见(征求意见稿)",
        "place": {"code": "330600", "name": "绍兴市", "name_en": "Shaoxing", "level": "city"},
        "status": "draft",
    },
]


def drafting_rules(policy: str, clause_id: str, quote: str) -> dict[str, object]:
    """The rules of a policy that pays 300,000 yuan for leading a national standard and 120,000 for an industry standard."""
    rows = [
        {
            "level": level,
            "label": {"zh": f"{name}标准", "en": f"{level} standard"},
            "yuan": yuan,
            "said": f"{yuan // 10_000}万元",
        }
        for level, name, yuan in (("national", "国家", 300_000), ("industry", "行业", 120_000))
    ]
    rule = {
        "id": "drafting",
        "label": {"zh": "主导制定标准奖励", "en": "reward for leading a standard"},
        "activity": "formulate_standard",
        "role": "lead",
        "benefit": "reward",
        "bound": "exact",
        "per": "standard",
        "payer": "municipal",
        "clause_id": clause_id,
        "quote": quote,
        "rows": rows,
    }
    return {"policy": policy, "reviewed_by": "a reader", "reviewed_on": "2026-01-01", "rules": [rule]}


_RULES = drafting_rules(
    "ningbo-2016", "ningbo-2016/2", "对主导制定国家标准、行业标准的企业,分别给予30万元、12万元的奖励"
)
_IGNORED = {
    "policy": "ningbo-2020",
    "reviewed_by": "a reader",
    "reviewed_on": "2026-01-01",
    "rules": [],
    "ignored": [{"quote": "标准化工作经费800万元", "yuan": 8000000, "reason": "budget"}],
}


class NarrowEmbeddings(HashEmbeddings):
    """A fake embedder whose cosines lie between those that the default model gives: 0.78 where nothing is shared, to 1."""

    _FLOOR = 0.78

    @property
    def fingerprint(self) -> str:
        return f"narrow-{super().fingerprint}"

    @property
    def dimension(self) -> int:
        return super().dimension + 1

    def embed_matrix(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        rows = [self.embed_query(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> list[float]:
        own = HashEmbeddings(self._dimension).embed_query(text)
        return [math.sqrt(self._FLOOR), *(math.sqrt(1 - self._FLOOR) * value for value in own)]


def write_corpus(folder: Path) -> Path:
    """Write the corpus into a new folder, as `knowledge build` takes it, and give the folder back."""
    sources, rules = folder / "sources", folder / "rules"
    sources.mkdir(parents=True)
    rules.mkdir()
    policies = []
    for policy in _POLICIES:
        text = TEXTS[str(policy["id"])].encode()
        (sources / f"{policy['id']}.txt").write_bytes(text)
        policies.append({**policy, "source": f"{policy['id']}.txt", "sha256": hashlib.sha256(text).hexdigest()})
    write_yaml(sources / "policies.yaml", {"policies": policies})
    write_yaml(rules / "ningbo-2016.yaml", _RULES)
    write_yaml(rules / "ningbo-2020.yaml", _IGNORED)
    return folder


def write_yaml(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
