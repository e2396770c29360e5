from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from assistant.web.markup import markdown_html, one_line, plain_html, prefixes

MARKERS = {1: Markup("<a>1</a>"), 2: Markup("<a>2</a>")}
BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "hr", "div", "table")
pieces = st.lists(
    st.sampled_from(["甲。", "乙[1]", "。[2]", "\n", "\n\n", "| a | b |\n", "|---|---|\n", "- 丙", "x. y", "！"])
)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)


def tags(html: str) -> set[str]:
    parser = Tags()
    parser.feed(html)
    return parser.seen


@given(pieces.map("".join))
def test_prefixes_grow_to_the_whole_text(text: str) -> None:
    steps = list(prefixes(text))
    assert (steps[-1] if steps else "") == text
    assert all(len(a) < len(b) and b.startswith(a) for a, b in pairwise(steps))


def test_sentences_come_one_by_one_with_their_markers() -> None:
    assert list(prefixes("甲。[1]乙！丙")) == ["甲。[1]", "甲。[1]乙！", "甲。[1]乙！丙"]


def test_a_table_comes_whole() -> None:
    table = "| a | b |\n|---|---|\n| 一。 | 二。 |\n"
    assert list(prefixes(f"前。\n{table}后。")) == ["前。", f"前。\n{table}", f"前。\n{table}后。"]


def test_a_decimal_point_is_no_sentence_end() -> None:
    assert list(prefixes("It grew 3.5 percent. Then it fell.")) == [
        "It grew 3.5 percent.",
        "It grew 3.5 percent. Then it fell.",
    ]


def test_markers_become_links_and_unknown_ones_stay_text() -> None:
    html = markdown_html("甲[1][2]乙[7]", MARKERS)
    assert html == "<p>甲\u2060<a>1</a>\u2060<a>2</a>乙[7]</p>\n"


def test_markdown_of_an_answer_is_rendered() -> None:
    html = markdown_html("**重点**\n\n- 一\n- 二\n\n| a | b |\n|---|---|\n| 1 | 2 |", {})
    assert {"strong", "ul", "li", "table", "td"} <= tags(html)


def test_a_marker_stays_with_its_words() -> None:
    assert "词。\u2060<a>1</a>" in markdown_html("词。 [1]", MARKERS)


def test_lines_of_a_paragraph_stand_apart_and_emphasis_is_not_torn() -> None:
    assert markdown_html("**依据**：甲\n乙", {}).count("<p>") == 2
    assert "<strong>甲<br>\n乙</strong>" in markdown_html("**甲\n乙**", {})
    assert markdown_html("- 甲\n  乙", {}).count("<p>") == 0


def test_conditions_in_a_list_show_their_state() -> None:
    html = markdown_html("- ✓ 已发布\n- ✗ 排名\n- ？项目\n- ? project\n- 其他 ✓", {})
    for state, glyph, text in (("met", "✓", "已发布"), ("unmet", "✗", "排名"), ("unknown", "?", "项目")):
        assert f'<li class="bz-check bz-{state}"><span class="bz-glyph">{glyph}</span> {text}</li>' in html
    assert "<li>其他 ✓</li>" in html


def test_an_amount_in_a_table_is_kept_on_one_line() -> None:
    html = markdown_html("| 事项 | 金额 |\n|---|---|\n| 一个很长很长很长的事项名称 | 最高 60万元 |", {})
    assert '<td class="bz-short">最高 60万元</td>' in html
    assert "<td>一个很长" in html
    assert "<td>每项标准\u2060<a>1</a></td>" in markdown_html("| a |\n|---|\n| 每项标准 [1] |", MARKERS)


@given(st.text())
def test_no_text_brings_its_own_tags(text: str) -> None:
    allowed = {*BLOCKS, "br", "strong", "em", "li", "thead", "tbody", "tr", "th", "td"}
    assert tags(markdown_html(text, {})) <= allowed
    assert tags(plain_html(text)) <= {"br"}


def test_links_images_code_and_html_stay_text() -> None:
    for hostile in (
        "[a](javascript:alert(1))",
        "![a](http://x.test/a.png)",
        "<img src=x>",
        "```\nx\n```",
        "<http://x.test>",
    ):
        assert not tags(markdown_html(hostile, {})) & {"a", "img", "code", "pre", "script"}


@given(st.text(alphabet="a \r\n\t<&"))
def test_plain_text_keeps_its_lines_and_nothing_else_breaks_the_block(text: str) -> None:
    html = str(plain_html(text))
    assert "\n" not in html
    assert "\r" not in html
    assert html.count("<br>") == len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1


def test_one_line_has_no_line_breaks() -> None:
    assert one_line("<p>\r\r a\n\n  b</p>\n") == "<p> a b</p>"
