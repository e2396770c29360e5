from __future__ import annotations

import pytest

from knowledge.errors import SourceError
from knowledge.limits import Limits
from knowledge.loaders.html import load_pages, parse
from knowledge.loaders.source import Source
from tests.knowledge.loaders.makers import ARTICLES, TITLE, html_file

ARTICLE = "".join(f"<p>{article}</p>" for article in ARTICLES)
MENU = "<ul><li><a href='/'>首页</a></li><li><a href='/zw'>政务公开</a></li></ul>"
NEWS = "<div class='list'><p>本市召开标准化工作会议，部署全年任务。</p></div>"


def read(body: str) -> Source:
    return parse(html_file(body), "a.html", Limits())


def kept(source: Source) -> str:
    text = source.text
    for span in reversed(source.dropped):
        assert span.reason == "site_chrome"
        text = text[: span.start] + text[span.end :]
    return text


@pytest.mark.parametrize(
    "container",
    ["<div id='UCAP-CONTENT'>", "<div class='view TRS_Editor'>", "<div class='whatever'>", "<td>", "<article>"],
)
def test_the_document_is_kept_and_the_page_around_it_is_furniture(container: str) -> None:
    tag = container[1:].split()[0].rstrip(">")
    inner = f"{container}{ARTICLE}</{tag}>"
    inner = f"<table><tr>{inner}</tr></table>" if tag == "td" else inner
    source = read(
        f"<div class='header'>{MENU}</div><h1>{TITLE}</h1>{inner}{NEWS}<div class='footer'>版权所有：本市</div>"
    )
    assert kept(source).split("\n")[:4] == [TITLE, *ARTICLES]
    for furniture in ("首页", "政务公开", "版权所有"):
        assert furniture in source.text
        assert furniture not in kept(source)


def test_metadata_and_attachments_outside_of_the_document_are_kept() -> None:
    table = "<table><tr><td>索引号：</td><td>A-1</td><td>发布机构：</td><td>平州市人民政府</td></tr></table>"
    files = "<div>附件：<a href='/P02.docx'>1.申报表.docx</a></div><div><a href='/x.html'>上一篇</a></div>"
    text = kept(read(f"{MENU}{table}<h1>{TITLE}</h1><div id='zoom'>{ARTICLE}</div>{files}"))
    assert "索引号：A-1\n发布机构：平州市人民政府\n" in text
    assert "附件：1.申报表.docx" in text
    assert "上一篇" not in text


def test_unseen_elements_are_no_text() -> None:
    source = read(
        f"<script>var a=1;</script><div style='display:none'>隐</div><div hidden>藏</div>{ARTICLE}<noscript>x</noscript>"
    )
    assert source.text.strip() == "\n".join(ARTICLES)


def test_words_within_a_line_are_joined_and_breaks_are_kept() -> None:
    source = read("<p>第一条 <b>主导</b>制定<span>标准</span>。<br>第二条\n 参与。</p>")
    assert source.text == "第一条 主导制定标准。\n第二条 参与。\n"


def test_the_numbers_of_a_list_are_in_the_text() -> None:
    source = read("<ol start='3'><li>甲；</li><li>乙。</li></ol><ul><li>丙</li></ul>")
    assert source.text.split("\n")[:3] == ["3. 甲；", "4. 乙。", "丙"]


def test_a_table_that_lays_out_the_page_is_no_table() -> None:
    source = read(f"<table><tr><td>{MENU}</td><td><table><tr><td>{ARTICLE}</td></tr></table></td></tr></table>")
    assert source.rows == ()
    assert all(article in source.text for article in ARTICLES)


def test_the_caption_of_a_table_is_text_and_path() -> None:
    source = read(
        "<table><caption>奖励标准（单位：万元）</caption><tr><td>级别</td><td>主导</td></tr>"
        "<tr><td>国家标准</td><td>30</td></tr></table>"
    )
    assert source.text.split("\n")[:2] == ["奖励标准（单位：万元）", "级别：国家标准；主导：30。"]
    assert [row.path for row in source.rows] == [("奖励标准（单位：万元）",)]


@pytest.mark.parametrize(
    ("declared", "encoding"), [("gb2312", "gb18030"), ("GBK", "gb18030"), ("utf-8", "utf-8"), ("big5", "big5")]
)
def test_the_declared_encoding_is_tried_first(declared: str, encoding: str) -> None:
    page = f"<!doctype html><html><head><meta charset={declared}></head><body><p>標準化獎勵。</p></body></html>"
    assert parse(page.encode(encoding), "a.html", Limits()).text.strip() == "標準化獎勵。"


def test_a_wrong_declaration_is_seen_through() -> None:
    page = "<!doctype html><html><head><meta charset=utf-8></head><body><p>对制定标准的企业给予奖励。</p></body></html>"
    assert "给予奖励" in parse(page.encode("gb18030"), "a.html", Limits()).text


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(SourceError, match="got one without"):
        read("<script>1</script>")


@pytest.mark.parametrize(
    ("frame", "count"),
    [
        ("<iframe src='a.pdf' width='100%' height='600'></iframe>", 1),
        ("<embed src='a.pdf'><object data='b.pdf'></object>", 2),
        ("<iframe src='/count' width='0' height='0'></iframe>", 0),
        ("<iframe src='/count' style='display:none'></iframe><iframe src='about:blank'></iframe><iframe></iframe>", 0),
    ],
)
def test_frames_are_not_read_and_said(frame: str, count: int) -> None:
    notes = [note for note in read(f"{ARTICLE}{frame}").notes if "frames" in note]
    assert [note.split()[0] for note in notes] == [str(count)] * bool(count)


def test_a_page_of_frames_alone_is_refused_and_says_so() -> None:
    page = b"<html><frameset><frame src='a.html'><frame src='b.html'></frameset></html>"
    with pytest.raises(SourceError, match=r"got one without \(2 frames of the page were not read"):
        parse(page, "a.html", Limits())


def test_a_page_without_an_end_says_that_it_may_be_cut_short() -> None:
    whole = html_file(ARTICLE)
    assert parse(whole, "a.html", Limits()).notes == ()
    assert "cut short" in parse(whole[: whole.index(b"</body>")], "a.html", Limits()).notes[0]
    # A piece of a page has none.
    assert parse(ARTICLE.encode(), "a.html", Limits()).notes == ()


def test_a_page_nested_too_deep_is_refused_not_read_in_part() -> None:
    assert "乙。" in read(f"{ARTICLE}{'<div>' * 500}乙。{'</div>' * 500}").text
    with pytest.raises(SourceError, match="nested too deep"):
        read(f"{ARTICLE}{'<div>' * 3000}乙。{'</div>' * 3000}")


def test_names_of_templates_are_loaded() -> None:
    assert all(load_pages().model_dump().values())


def test_a_document_in_two_elements_is_kept_whole() -> None:
    parts = [
        f"第{number}条 对主导制定标准的企业给予一次性奖励，每项{10 * n}万元。"
        for n, number in enumerate("一二三四五六", 1)
    ]
    first, second = ("".join(f"<p>{part}</p>" for part in half) for half in (parts[:2], parts[2:]))
    text = kept(read(f"{MENU}<div class='TRS_Editor'>{first}</div>{NEWS}<div class='TRS_Editor'>{second}</div>"))
    assert [part for part in parts if part not in text] == []
    assert "工作会议" not in text


def test_links_that_lead_elsewhere_are_furniture_within_the_document_too() -> None:
    links = "<ul><li><a href='/a'>解读：奖励100万元</a></li><li><a href='/b'>图解：奖励50万元</a></li></ul>"
    source = read(f"<div class='header'>{MENU}</div>{ARTICLE}<p>相关链接</p>{links}")
    assert "100万元" not in kept(source)
    assert "政务公开" not in kept(source)
    assert all(article in kept(source) for article in ARTICLES)


def test_struck_out_words_are_left_out_and_said() -> None:
    source = read(f"{ARTICLE}<p>奖励<del>50</del><span style='text-decoration: line-through'>55</span>60万元。</p>")
    assert "奖励60万元。" in source.text
    assert source.notes == ("struck-out words were left out",)


def test_attachments_that_are_elsewhere_are_said() -> None:
    source = read(f"<div id='zoom'>{ARTICLE}</div><p><a href='/1.docx'>实施办法.docx</a></p>")
    assert [note.endswith("实施办法.docx") for note in source.notes] == [True]


def test_a_raised_digit_is_a_mark_or_an_exponent() -> None:
    rows = "<table><tr><td>级别</td><td>金额</td></tr><tr><td>国家</td><td>30<sup>2</sup>万元</td></tr></table>"
    source = read(f"{ARTICLE}<p>奖励60<sup>1</sup>万元，每100km<sup>2</sup>一处。</p>{rows}")
    assert "奖励60[注1]万元，每100km²一处。" in source.text
    assert "金额：30[注2]万元。" in source.text


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<pre>", "</pre>"),
        ("<div style='white-space: pre-wrap'>", "</div>"),
        ("<p style='white-space:pre-line'><b>", "</b></p>"),
    ],
)
def test_lines_that_a_browser_keeps_are_kept(opening: str, closing: str) -> None:
    lines = "\n".join([*ARTICLES, "", "完", "一行"])
    source = read(f"{opening}{lines}{closing}<p>甲\n乙</p>")
    assert source.text.split("\n") == [*ARTICLES, "完", "一行", "甲 乙", ""]
