"""What maintenance is given from outside: the embedding model, and what judges a candidate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from knowledge.datadir import DataDirectory
from knowledge.embedding import Embedder
from knowledge.errors import UsageError
from knowledge.life import Verdict
from knowledge.progress import Progress


class Judge(Protocol):
    """Holds a candidate against the live release."""

    def __call__(self, data: DataDirectory, base: str, candidate: str, *, progress: Progress) -> Verdict:
        """The verdict; `progress` is told how many known answers are asked already."""


@dataclass(frozen=True)
class Tools:
    """What the work needs that is not of this package.

    Attributes:
        embedder: opens the embedding model; True for the way that is quick to open, False for the one that is quick over
            many texts.
        judge: judges a candidate.
    """

    embedder: Callable[[bool], Embedder]
    judge: Judge


def load_tools(name: str, data: Path) -> Tools:
    """The tools that the function called `name` (`module:function`) makes for a data directory.

    Raises:
        UsageError: there is no such function.
    """
    module, _, function = name.partition(":")
    try:
        make = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"expected the name of a function as module:function, got {name!r} ({error})") from error
    tools = make(data)
    if not isinstance(tools, Tools):
        raise UsageError(f"expected {name!r} to make tools of maintenance, got {type(tools).__name__}")
    return tools
