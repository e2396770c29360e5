"""A release of one invented policy that was printed: a PDF with running heads, and a sentence that goes on over the page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from knowledge.datadir import DataDirectory
from knowledge.releases import build
from tests.corpus import NarrowEmbeddings, drafting_rules, write_yaml
from tests.knowledge.loaders.makers import FONT, HEIGHT, WIDTH, pdf, put

POLICY = "ningbo-2024"
PAGES: tuple[tuple[tuple[float, str], ...], ...] = (
    (
        (2, "第一章 总则"),
        (2, "第一条 为推进全市标准化工作，提高产品、工程和服"),
        (0, "务的质量，根据国家有关规定，结合本市实际情况，制定本"),
        (0, "办法。"),
        (2, "第二条 本办法适用于在本市登记注册的企业、事业单"),
        (0, "位和社会团体。"),
        (2, "第三条 市标准化主管部门负责本办法的组织实施，市"),
        (0, "财政部门负责奖励资金的保障和监督。"),
    ),
    (
        (2, "第二章 奖励"),
        (2, "第四条 奖励资金由市财政统筹安排，专款专用，任何"),
        (0, "单位和个人不得截留、挪用。"),
        (2, "第五条 对主导制定国家标准、行业标准的企业，标准"),
        (0, "批准发布并经市标准化主管部门会同市财政部门审核确认后"),
    ),
    (
        (0, "，每项标准分别给予30万元、12万元的一次性奖励。"),
        (2, "第六条 同一项目符合多项奖励条件的，按照就高原则"),
        (0, "给予奖励，不重复奖励。"),
        (2, "第三章 附则"),
        (2, "第七条 本办法自2024年2月1日起施行。"),
    ),
)
QUOTE = "每项标准分别给予30万元、12万元的一次性奖励"


def printed_policy() -> bytes:
    """The PDF."""
    return pdf(*(_page(number, lines) for number, lines in enumerate(PAGES, 1)))


def _page(number: int, lines: tuple[tuple[float, str], ...]) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 10)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 50, "宁波市人民政府公报")
        canvas.drawCentredString(WIDTH / 2, 45, f"— {number} —")
        top = 110.0
        if number == 1:
            canvas.setFont(FONT, 22)
            canvas.drawCentredString(WIDTH / 2, HEIGHT - 120, "宁波市标准化奖励办法")
            top = 190
        canvas.setFont(FONT, 16)
        put(canvas, lines, top=top, left=90)

    return draw


def printed_data(folder: Path) -> DataDirectory:
    """A data directory below `folder` with a release of the policy and of a rule for what it pays."""
    corpus = folder / "corpus"
    (corpus / "sources").mkdir(parents=True)
    (corpus / "rules").mkdir()
    file = printed_policy()
    (corpus / "sources" / f"{POLICY}.pdf").write_bytes(file)
    policy = {
        "id": POLICY,
        "title": "宁波市标准化奖励办法",
        "title_en": "Measures of Ningbo for Rewarding Standardization",
        "place": {"code": "330200", "name": "宁波市", "name_en": "Ningbo", "level": "city"},
        "status": "in_force",
        "source": f"{POLICY}.pdf",
        "sha256": hashlib.sha256(file).hexdigest(),
    }
    write_yaml(corpus / "sources" / "policies.yaml", {"policies": [policy]})
    write_yaml(corpus / "rules" / f"{POLICY}.yaml", drafting_rules(POLICY, f"{POLICY}/2/5", QUOTE))
    data = DataDirectory(folder / "data")
    build(corpus, data, NarrowEmbeddings())
    return data
