from __future__ import annotations

from collections.abc import Callable

import pytest
from reportlab.lib import pdfencrypt
from reportlab.pdfgen.canvas import Canvas

from knowledge.clauses import cut
from knowledge.errors import ScanError, SourceError
from knowledge.limits import Limits
from knowledge.loaders.pdf import parse
from knowledge.loaders.source import Source
from knowledge.manifest import document_of
from knowledge.model import Policy
from knowledge.pages import locate
from tests.knowledge.loaders.makers import FONT, HEIGHT, WIDTH, pdf, put, ruled

LINES = [
    (2, "第一条 为深入实施标准化战略，推动全市经济社会"),
    (0, "高质量发展，根据有关法律法规，结合本市的工作实际，"),
    (0, "制定本办法。"),
    (2, "第二条 对主导制定国际标准的企业，给予一次性奖"),
]


def read(data: bytes, **limits: int) -> Source:
    return parse(data, "a.pdf", Limits.model_validate(limits))


def page(number: int, lines: list[tuple[float, str]], head: str = "平州市文件汇编") -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        put(canvas, lines)
        canvas.setFont(FONT, 10)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 40, head)
        canvas.drawCentredString(WIDTH / 2, 40, f"— {number} —")

    return draw


def test_wrapped_lines_are_one_paragraph_and_indented_ones_begin_another() -> None:
    source = read(pdf(lambda canvas: put(canvas, [*LINES[:3], (2, "第二条 短。"), (2, "第三条 也短。")])))
    assert source.text == "".join(text for _, text in LINES[:3]) + "\n第二条 短。\n第三条 也短。\n"


def test_a_sentence_over_the_page_is_whole_in_its_clause_and_literal_in_its_quote() -> None:
    source = read(
        pdf(
            page(1, LINES), page(2, [(0, "励60万元。"), (2, "第三条 本办法自发布之日起施行。")]), page(3, [(2, "完。")])
        )
    )
    assert "— 1 —" in source.text
    assert {source.text[d.start : d.end].strip() for d in source.dropped} >= {"平州市文件汇编", "— 3 —"}
    assert {d.reason for d in source.dropped} == {"page_mark"}
    clauses, _ = cut("a", source.text, source.dropped)
    second = next(clause for clause in clauses if clause.clause_id == "a/2")
    assert second.text == "第二条 对主导制定国际标准的企业，给予一次性奖励60万元。"
    quote = source.text[slice(*second.sentences[0])]
    assert quote.startswith("对主导制定")
    assert "— 1 —" in quote


def test_a_word_divided_at_the_end_of_a_line_is_one_word() -> None:
    lines = [
        (0, "The measures apply to all of the enterprises and stan-"),
        (0, "dardization bodies of the city that are"),
        (0, "named in it."),
    ]
    text = read(pdf(lambda canvas: put(canvas, lines))).text
    assert "enterprises and standardization bodies" in text


def test_two_columns_are_read_one_after_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, [(8, "平州市公报")], top=60)
        for side, left in (("左", 60), ("右", 320)):
            put(canvas, [(0, f"{side}栏第{n}行的文字都写得这么满") for n in range(8)], top=120, left=left)

    text = read(pdf(draw)).text
    assert text.index("左栏第7行") < text.index("右栏第0行")
    assert text.startswith("平州市公报\n")


def test_short_articles_in_two_columns_are_read_one_after_the_other() -> None:
    left = [
        "第一条 本办法所称奖励，由",
        "市财政列支。",
        "第二条 对主导制定国际标准",
        "的，每项奖励60万元。",
        "第三条 其他。",
    ]
    right = [
        "第四条 对主导制定国家标准",
        "的，每项奖励30万元。",
        "第五条 同一项目不重复奖励",
        "，就高执行。",
        "第六条 附则。",
    ]

    def draw(canvas: Canvas) -> None:
        put(canvas, [(0, line) for line in left], left=60)
        put(canvas, [(0, line) for line in right], left=310)

    text = read(pdf(draw)).text
    assert text.index("第三条") < text.index("第四条")
    assert "的，每项奖励60万元。\n第三条" in text


@pytest.mark.parametrize(("angle", "rotation"), [(90, 0), (180, 0), (270, 0), (90, 90), (0, 270)])
def test_a_page_printed_sideways_is_read_and_its_lines_stand_where_they_are_printed(angle: int, rotation: int) -> None:
    def draw(canvas: Canvas) -> None:
        origin = {0: (0.0, 0.0), 90: (WIDTH, 0.0), 180: (WIDTH, HEIGHT), 270: (0.0, HEIGHT)}[angle]
        canvas.translate(*origin)
        canvas.rotate(angle)
        put(canvas, [(0, "第一条 总则。"), (0, "第二条 每项奖励60万元。")], top=HEIGHT - 300)
        canvas.setPageRotation(rotation)

    source = read(pdf(draw))
    assert source.text == "第一条 总则。\n第二条 每项奖励60万元。\n"
    first, second = source.lines
    # reportlab turns the page's own size with it.
    assert first.size == pytest.approx((WIDTH, HEIGHT), abs=1)
    # What follows stands below it, as the page is turned.
    turn = (rotation - angle) % 360
    axis, sign = {0: (1, 1), 90: (0, -1), 180: (1, -1), 270: (0, 1)}[turn]
    assert sign * (second.box[axis] - first.box[axis]) == pytest.approx(28, abs=1)
    assert all(0 <= edge <= max(first.size) for edge in (*first.box, *second.box))


def test_a_table_printed_sideways_is_read_without_the_page_number() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        ruled(canvas, (("级别", "金额"), ("国际标准", "60万元"), ("国家标准", "30万元")), top=HEIGHT - 400)
        canvas.restoreState()
        canvas.setFont(FONT, 10)
        canvas.drawString(290, 30, "— 5 —")

    source = read(pdf(draw))
    assert source.text == "级别：国际标准；金额：60万元。\n级别：国家标准；金额：30万元。\n"
    assert [note for note in source.notes if "another direction" in note]


@pytest.mark.parametrize(("right", "down", "times"), [(0.3, 0.0, 3), (1.0, 1.0, 2), (2.5, 0.0, 2)])
def test_what_is_printed_twice_to_look_bold_is_read_once(right: float, down: float, times: int) -> None:
    def draw(canvas: Canvas) -> None:
        for _ in range(times):
            put(canvas, [(0, "第一条 每项奖励600万元，共11项。")])
            canvas.translate(right, -down)

    assert read(pdf(draw)).text == "第一条 每项奖励600万元，共11项。\n"


def test_a_ruled_table_is_rows_with_their_headers_and_goes_on_over_the_page() -> None:
    header, *rows = [("级别", "金额", "备注"), ("国际标准", "60万元", "以发布为准"), ("国家标准", "30万元", "无")]
    source = read(
        pdf(
            lambda canvas: (page(1, [(0, "附件")])(canvas), ruled(canvas, [header, rows[0]], top=150)),
            lambda canvas: (page(2, [])(canvas), ruled(canvas, [header, rows[1]], top=90)),
        )
    )
    assert [source.text[row.start : row.end] for row in source.rows] == [
        "级别：国际标准；金额：60万元；备注：以发布为准。",
        "级别：国家标准；金额：30万元；备注：无。",
    ]
    places = {(line.page, round(line.box[1])) for line in source.lines if line.end - line.start > 10}
    assert places == {(1, 180), (2, 120)}
    assert {(round(line.size[0]), round(line.size[1])) for line in source.lines if line.size} == {(595, 842)}
    assert "— 1 —" in source.text[source.rows[-1].end :]


def test_a_table_without_rules_is_rows_with_their_headers() -> None:
    rows = [("级别", "主导", "参与"), ("国际标准", "60万元", "18万元"), ("国家标准", "30万元", "9万元")]

    def draw(canvas: Canvas) -> None:
        put(canvas, [(0, "第三条 奖励标准见下表。")])
        for number, row in enumerate(rows):
            for left, text in zip((90, 250, 400), row, strict=True):
                canvas.drawString(left, HEIGHT - 150 - 30 * number, text)
        put(canvas, [(0, "第四条 本办法自发布之日起施行。")], top=300)

    source = read(pdf(draw))
    assert source.text.splitlines() == [
        "第三条 奖励标准见下表。",
        "级别：国际标准；主导：60万元；参与：18万元。",
        "级别：国家标准；主导：30万元；参与：9万元。",
        "第四条 本办法自发布之日起施行。",
    ]
    assert len(source.rows) == 2


def test_every_quote_knows_its_page_and_box() -> None:
    source = read(pdf(page(1, LINES), page(2, [(0, "励60万元。")])))
    document = document_of(Policy(id="a", title="a", source="a.pdf", sha256="0"), source)
    start = source.text.index("给予一次性奖")
    found = [
        line
        for line in locate(document, start, source.text.index("60万元") + 4)
        if "—" not in source.text[line.start : line.end]
    ]
    assert [line.page for line in found if "汇编" not in source.text[line.start : line.end]] == [1, 2]
    left, top, right, bottom = found[0].box
    # Drawn on the base line 100 + 3 * 28 points from the top, indented by two ems of 16.
    assert round(left) == 122
    assert 122 + 22 * 16 < right < 122 + 23 * 16  # 22 characters and a blank
    assert top < 184 < bottom < 184 + 16
    assert locate(document, 0, 0) == []


def test_text_at_an_angle_is_a_watermark() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, LINES[:3])
        canvas.rotate(45)
        canvas.drawString(400, 100, "内部资料")

    assert "内部" not in read(pdf(draw)).text


def test_an_encrypted_file_is_refused() -> None:
    data = pdf(lambda canvas: put(canvas, LINES), encrypt=pdfencrypt.StandardEncryption("secret"))
    with pytest.raises(SourceError, match="without a password, got an encrypted"):
        read(data)


def test_too_many_pages_and_empty_ones_are_refused() -> None:
    with pytest.raises(SourceError, match=r"expected 1 to 2 pages, got 3.*BZT_PAGES"):
        read(pdf(*[page(n, LINES) for n in range(3)]), pages=2)
    with pytest.raises(SourceError, match="empty pages"):
        read(pdf(lambda canvas: None))


def test_a_page_that_is_a_picture_is_refused_with_the_extra_to_install() -> None:
    def scan(canvas: Canvas) -> None:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, WIDTH, HEIGHT)

    with pytest.raises(ScanError, match=r"page 2 of 2 without a text layer \(a scan\); install the extra `ocr`"):
        read(pdf(page(1, LINES), scan))


def test_a_page_with_nothing_but_a_table_is_read() -> None:
    source = read(pdf(lambda canvas: ruled(canvas, [("级别", "金额"), ("国际标准", "60万元")], top=100)))
    assert source.text == "级别：国际标准；金额：60万元。\n"


def test_a_title_is_one_line_however_it_is_printed() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 22)
        for count, words in enumerate(("平州市人民政府办公室关于印发标准", "化奖励办法的通知")):
            canvas.drawCentredString(WIDTH / 2, HEIGHT - 100 - 34 * count, words)
        canvas.setFont(FONT, 16)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 180, "平府办〔2024〕3号")
        put(canvas, LINES[:3], top=240)

    lines = read(pdf(draw)).text.splitlines()
    assert lines[:2] == ["平州市人民政府办公室关于印发标准化奖励办法的通知", "平府办〔2024〕3号"]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("每年安排10", "00万元的专项", "安排1000万元"),
        ("每项奖励1.", "5万元的奖金", "奖励1.5万元"),
        ("比例为5", "0%的单位给", "比例为50%"),
    ],
)
def test_a_number_parted_at_the_end_of_a_line_is_one(first: str, second: str, joined: str) -> None:
    lines = [
        (2, "第一条 为推进标准化工作的实施，市财政" + first),
        (0, second + "予支持，具体办法由主管部门另行制定发布。"),
    ]
    assert joined in read(pdf(lambda canvas: put(canvas, lines))).text


def test_a_raised_digit_is_the_mark_of_a_note() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, [(2, "第一条 对主导制定国际标准的，奖励60　万元，上限90"), (0, "万元。")])
        canvas.setFont(FONT, 10)
        canvas.drawString(90 + 16 * 19.05, HEIGHT - 94, "1")

    source = read(pdf(draw))
    assert "奖励60[注1]" in source.text
    assert [source.text[d.start : d.end] for d in cut("a", source.text, source.dropped)[1] if d.reason == "gloss"] == [
        "[注1]"
    ]


def test_a_footnote_stands_behind_the_paragraph_that_goes_on_over_its_page() -> None:
    def first(canvas: Canvas) -> None:
        put(canvas, [*LINES[:3], LINES[3]])
        canvas.setFont(FONT, 10)
        canvas.drawString(90, 70, "① 国际标准以发布为准，奖励以当年预算为限。")

    text = read(pdf(first, lambda canvas: put(canvas, [(0, "励60万元。"), (2, "第三条 完。")]))).text
    assert "给予一次性奖励60万元。\n① 国际标准以发布为准，奖励以当年预算为限。\n第三条 完。\n" in text


def test_ragged_lines_go_on_where_paragraphs_are_indented() -> None:
    lines = [*LINES[:3], (2, "第二条 对主导制定国际标准的企业，给予奖"), (0, "励60万元。"), (2, "第三条 短。")]
    assert "给予奖励60万元。\n第三条" in read(pdf(lambda canvas: put(canvas, lines))).text


@pytest.mark.parametrize("above", ["续表", "续表1", "表1 奖励标准（续）", "（接上页）"])
@pytest.mark.parametrize("head", [[], [("级别", "金额（万元）")]])
def test_a_table_goes_on_below_the_words_that_say_so(above: str, head: list[tuple[str, str]]) -> None:
    def second(canvas: Canvas) -> None:
        put(canvas, [(0, above)], top=80)
        ruled(canvas, [*head, ("行业标准", "15")], top=100)

    first = [("级别", "金额（万元）"), ("国际标准", "60")]
    source = read(pdf(lambda canvas: ruled(canvas, first, top=300), second))
    rows = [source.text[row.start : row.end] for row in source.rows]
    assert rows == ["级别：国际标准；金额（万元）：60。", "级别：行业标准；金额（万元）：15。"]
    assert above in source.text


@pytest.mark.parametrize("pages", [1, 2])
def test_a_running_head_beside_the_text_moves_no_edge_of_it_and_is_not_its_title(pages: int) -> None:
    title = "平州市标准化工作奖励办法"

    def draw(canvas: Canvas) -> None:
        put(canvas, [(2, title)], top=70)
        put(canvas, LINES[:3], top=130)
        canvas.setFont(FONT, 8)
        canvas.drawString(30, HEIGHT - 30, title)
        canvas.drawString(WIDTH - 60, 30, "1/2")

    def following(canvas: Canvas) -> None:
        put(canvas, [(2, "第二条 本办法自发布之日起施行。")])
        canvas.setFont(FONT, 8)
        canvas.drawString(30, HEIGHT - 30, title)

    source = read(pdf(*[draw, following][:pages]))
    kept, at = "", 0
    for span in source.dropped:
        kept, at = kept + source.text[at : span.start], span.end
    lines = [line for line in (kept + source.text[at:]).splitlines() if line]
    assert lines == [title, "".join(text for _, text in LINES[:3]), "第二条 本办法自发布之日起施行。"][: pages + 1]


def test_a_narrow_gap_behind_the_number_of_an_article_is_a_blank() -> None:
    def draw(canvas: Canvas) -> None:
        for left, text in ((90, "第四条"), (90 + 3 * 16 + 4, "修订国家标准的，每项奖励5万元。")):
            canvas.drawString(left, HEIGHT - 100, text)

    assert read(pdf(draw)).text == "第四条 修订国家标准的，每项奖励5万元。\n"


def test_a_table_in_one_of_two_columns_stands_behind_the_lines_above_it_there() -> None:
    def draw(canvas: Canvas) -> None:
        left = [f"第{number}条 左栏的文字一直写到边。" for number in "一二三四五六七八九"]
        right = [f"第{number}条 右栏的文字一直写到边。" for number in "十百"]
        below = [f"第十{number}条 右栏的文字写到边。" for number in "一二三四五"]
        canvas.setFont(FONT, 14)
        for x, top, lines in ((50, 100, left), (320, 100, right), (320, 220, below)):
            for count, line in enumerate(lines):
                canvas.drawString(x, HEIGHT - top - count * 24, line)
        ruled(canvas, (("级别", "金额"), ("国际标准", "60万元")), top=134, left=320, width=110)

    lines = [line for line in read(pdf(draw)).text.splitlines() if line]
    assert [line[:3] for line in lines] == [
        *(f"第{number}条" for number in "一二三四五六七八九十百"),
        "级别：",
        *(f"第十{number}" for number in "一二三四五"),
    ]
