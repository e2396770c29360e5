"""What the headings of a table say of an amount, and whether they tell all its amounts apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.drafting.axes import LOCAL
from knowledge.drafting.one_case import CLOSED, clashing, narrowed_to, stages_of
from knowledge.drafting.slots import strange_payee
from knowledge.drafting.statements import Statement
from knowledge.drafting.stretches import Reading
from knowledge.drafting.tokens import Kind, Token
from knowledge.drafting.vocabulary import Values, any_of, load_vocabulary
from knowledge.model import Span
from knowledge.rule_schema import DRAFTING
from knowledge.tables import Cell

# Of several cells the last one that speaks of these counts: 技术委员会 | 全国SC.
_NARROWED: tuple[Kind, ...] = ("level", "committee", "grade", "place")
_WRAPPING = re.compile(r"\([^()]*\)|(?:单位|企业|项目|类|的|对)$")
_LAST_BRACKET = re.compile(r"\(([^()]{1,6})\)$")
# The name of a table by which articles refer to it: 附表一, 附件2.
_TABLE_NAME = re.compile(r"附?[表件][ ]?[一二三四五六七八九十\d]{1,2}(?![一二三四五六七八九十\d])")
AXIS_LOST = "two amounts of the table are for the same case; a heading that tells them apart is not understood"

# 限省级地方标准, 仅限第一起草单位
_LIMITED_TO = re.compile(r"^(?:仅?限于?|(?:首次|新)?(?:获得?|取得|达到|被?评为))|(?:地方)?标准$|(?:等级)?证书$")
# 含军用标准, 不含指导性技术文件: what it counts in or leaves out beside the row's own.
# A remark that counts something in or leaves it out (含市级补助8万元): it heads nothing, and pays nothing of its own.
_COUNTS_IN = re.compile(r"^(?:也|均|已)?(?:不?包?[含括]|包括在内|除)")


def cell_tokens(reading: Reading, cell: Cell) -> list[Token]:
    """The tokens of a cell; one that is nothing but a level or a place (全省, 各县) needs no noun."""
    # 修订后标准（万元）: the amounts were revised.
    tokens = [
        t for t in reading.tokens_in(Span(cell.start, cell.end)) if not reading.plain.startswith(("前", "后"), t.end)
    ]
    # 标准化试点（省）, but 县（市）
    places = any(token.kind == "place" for token in tokens)
    bracketed = None if places else _LAST_BRACKET.search(cell.text)
    words = cell.text
    while (shorter := _WRAPPING.sub("", words).strip()) != words:
        words = shorter
    filled: tuple[tuple[Kind, Values], ...] = (
        ("level", load_vocabulary().cells.levels),
        ("place", load_vocabulary().cells.place_groups),
    )
    for kind, values in filled:
        value = next((value for value, forms in values.items() if words in forms), None)
        if value is not None:
            whole = Token(kind, value, cell.start, cell.start + len(words))
            tokens = sorted([*(t for t in tokens if t.kind != kind), whole], key=lambda token: token.start)
        elif bracketed is not None and all(token.kind != kind for token in tokens):
            span = (cell.start + bracketed.start(1), cell.start + bracketed.end(1))
            tokens += [Token(kind, v, *span) for v, forms in values.items() if bracketed[1] in forms]
    return tokens


def narrows(cell: Cell, tokens: Sequence[Token]) -> bool:
    """Whether a remark is nothing but a level, a committee or the like (限省级地方标准), and so heads the amounts of its row."""
    said = _LIMITED_TO.sub("", cell.text)
    if counts_in(cell):
        return False
    return len(tokens) == 1 and tokens[0].kind in _NARROWED and len(said) <= tokens[0].end - tokens[0].start + 1


def counts_in(cell: Cell) -> bool:
    """Whether a remark counts something in or leaves it out: 含军用标准, 含市级补助8万元."""
    return _COUNTS_IN.match(cell.text) is not None


def is_understood(cell: Cell, tokens: Sequence[Token]) -> bool:
    """Whether a cell that heads amounts says something known: a token, a stage, a payee as usual (承担单位)."""
    if tokens or stages_of(cell.text):
        return True
    return any_of(load_vocabulary().organizations).search(cell.text) is not None and strange_payee(cell.text) is None


def headed_by(cells: Sequence[Sequence[Token]]) -> list[Token]:
    """The tokens of the cells that head an amount, the widest first; of what several speak of, what the last says.

    Revising is narrower than drafting, wherever it stands; roles and ranks are read together.
    """
    kept: list[Token] = []
    for index, cell in enumerate(cells):
        later = [token for other in cells[index + 1 :] for token in other]
        said = {token.kind for token in later}
        activities = {token.value for token in later if token.kind == "activity"}
        for token in cell:
            if token.kind in _NARROWED and token.kind in said:
                continue
            if token.kind == "activity" and activities and not (token.value in DRAFTING and activities <= DRAFTING):
                continue
            kept.append(token)
    revises = any(_is_revising(cell) for cell in cells)
    return [t for t in kept if not (revises and t.kind == "activity" and t.value == "formulate_standard")]


def _is_revising(cell: Sequence[Token]) -> bool:
    return {token.value for token in cell if token.kind == "activity"} == {"revise_standard"}


def payees_named(reading: Reading, caption: str) -> list[Token]:
    """The one role that the article which refers to a table by its name says is paid by it; none where it says several.

    标准制定项目的支持标准按附表一执行，拨付给牵头单位
    """
    named = _TABLE_NAME.match(caption)
    if named is None:
        return []
    at = next((m.start() for m in re.finditer(re.escape(named.group()), reading.plain)), reading.size)
    tokens = reading.tokens_in(reading.sentence_at(at))
    roles = [token for token in tokens if token.kind in ("role", "rank")]
    others = any(token.kind in ("money", "percent", "ratio", "half", "level") for token in tokens)
    return (
        roles if len(roles) == 1 and not others and any(token.kind in ("giving", "payer") for token in tokens) else []
    )


def beside(entries: Sequence[Token], own: Sequence[Token], cell: Cell, whole: Sequence[Token]) -> list[Token]:
    """The tokens that head a cell with words of its own: 地方标准 is of the levels that the cell says (省级8万元、市级3万元).

    Args:
        entries: the tokens of its headings.
        own: those of its words.
        cell: the cell.
        whole: the same with a level in its last bracket (10万元（省）).
    """
    added = [token for token in whole if token not in own and token.start > cell.start]
    levels = any(token.kind == "level" for token in (*own, *added))
    return [*(t for t in entries if not (levels and t.kind == "level" and t.value == LOCAL)), *added]


def told_apart(statements: Sequence[Statement], lines: Sequence[Span]) -> list[Statement | None]:
    """The amounts of one table, where they are told apart; null for each that is not.

    Two that differ for one case are told apart by a rank in brackets behind a role that both have (参与（第2—3名）), by
    强制性 and 推荐性, by stages, or, for prizes, pilots and the like, by words of their rows that are conditions.

    Args:
        statements: what the table states.
        lines: the ranges of its rows.
    """
    done: list[Statement | None] = list(statements)
    if any(_ranked(statements[at]) for at in clashing(done)):
        done = [_by_rank(statement) if _ranked(statement) else statement for statement in statements]
    for at, others in clashing(done).items():
        statement = statements[at]
        alike = [statements[other] for other in others if narrowed_to(statements[other]) == narrowed_to(statement)]
        same_line = any(_line_of(lines, statement) == _line_of(lines, other) for other in alike)
        if same_line or (alike and statement.head.single("activity") in CLOSED):
            done[at] = None
    return done


def shares_alike(statements: Sequence[Statement]) -> list[Statement]:
    """The statements, with one share of a row for the lead and for those who take part as one for all drafters."""
    kept: list[Statement] = []
    for statement in statements:
        twin = next((at for at, other in enumerate(kept) if _is_other_role(statement, other)), None)
        if twin is None:
            kept.append(statement)
        else:
            kept[twin] = replace(
                kept[twin], combinations=tuple({**row, "role": None} for row in kept[twin].combinations)
            )
    return kept


def _is_other_role(one: Statement, other: Statement) -> bool:
    if one.shape != "ratio" or (one.percent, one.ratio_of) != (other.percent, other.ratio_of):
        return False
    cases = [[{**row, "role": None} for row in statement.combinations] for statement in (one, other)]
    roles = {row["role"] for statement in (one, other) for row in statement.combinations}
    return cases[0] == cases[1] and roles == {"lead", "participate"}


def _ranked(statement: Statement) -> bool:
    return statement.head.definition is not None and statement.head.single("role") == "participate"


def _by_rank(statement: Statement) -> Statement:
    rows = tuple({**row, "role": statement.head.definition} for row in statement.combinations)
    return replace(statement, combinations=rows)


def _line_of(lines: Sequence[Span], statement: Statement) -> Span | None:
    return next((line for line in lines if line.start <= statement.span.start < line.end), None)
