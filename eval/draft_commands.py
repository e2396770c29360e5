"""`python -m eval draft`, `drafts`, `confirm` and `discard`: cases made from what people asked."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from assistant.answer import Answer
from eval.dataset import CASES
from eval.drafts import confirm, discard, make_draft, waiting
from knowledge.audit import os_user
from knowledge.errors import UsageError
from knowledge.settings import KnowledgeSettings

Command = Callable[[argparse.Namespace], int]


def add_draft_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands; each sets `command`, which takes the parsed options and gives the exit code."""

    def add(name: str, handler: Command, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--data", type=Path, help="data directory (default: BZT_DATA or ./.data)")
        command.set_defaults(command=handler)
        return command

    draft = add("draft", _draft, "make a draft case from a question: its answer now, or the answer given then")
    draft.add_argument("question")
    draft.add_argument(
        "--history", nargs="*", default=[], metavar="TURN", help="the user's earlier turns, oldest first"
    )
    draft.add_argument("--answer", type=Path, metavar="FILE", help="the answer given then, as `ask --json` prints it")
    draft.add_argument("--correction", type=Path, metavar="FILE", help="the reply as a person corrected it")
    draft.add_argument("--wrong", action="store_true", help="the answer is wrong; what is right is left to fill in")
    draft.add_argument("--note", default="", help="why")
    add("drafts", _drafts, "list the drafts that wait for a person")
    chosen = add("confirm", _confirm, "turn a draft into a case of the set")
    chosen.add_argument("draft", metavar="ID")
    chosen.add_argument("--by", default=_user(), help="who confirms it (default: you)")
    chosen.add_argument("--fact", help="a telling name for the fact, words joined by hyphens")
    chosen.add_argument("--kind", help="another kind of case")
    chosen.add_argument("--cases", type=Path, default=CASES, help="the folder of the set")
    add("discard", _discard, "throw a draft away").add_argument("draft", metavar="ID")


def _data(options: argparse.Namespace) -> Path:
    return options.data or KnowledgeSettings().data


def _user() -> str:
    return KnowledgeSettings().actor or os_user()


def _draft(options: argparse.Namespace) -> int:
    data = _data(options)
    answer = _given(options.answer) if options.answer else _answer_now(options, data)
    correction = options.correction.read_text(encoding="utf-8") if options.correction else ""
    draft = make_draft(
        data,
        answer,
        options.question,
        history=options.history,
        origin="reply" if correction else "flagged" if options.wrong else "conversation",
        note=options.note,
        correction=correction,
        by=_user(),
    )
    print(draft.path)
    if draft.is_open:
        print(f"fill in what is marked TODO, then: python -m eval confirm {draft.draft_id}", file=sys.stderr)
    else:
        print(f"read it, then: python -m eval confirm {draft.draft_id}", file=sys.stderr)
    return 0


def _given(path: Path) -> Answer:
    try:
        return Answer.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise UsageError(
            f"{path}: expected an answer as `python -m assistant ask --json` prints it; {error}"
        ) from error


def _answer_now(options: argparse.Namespace, data: Path) -> Answer:
    from assistant.pipeline import Assistant  # opening its libraries takes seconds
    from assistant.settings import Settings

    assistant = Assistant.open(Settings(data=data))
    try:
        return assistant.ask(options.question, history=options.history)
    finally:
        assistant.close()


def _drafts(options: argparse.Namespace) -> int:
    found = waiting(_data(options))
    for draft in found:
        print(f"{draft.draft_id}\t{'to fill in' if draft.is_open else 'to confirm'}\t{draft.path}")
        print("".join(f"    {line}\n" for line in draft.head.splitlines()[:3]), end="")
    if not found:
        print("no drafts are waiting", file=sys.stderr)
    return 0


def _confirm(options: argparse.Namespace) -> int:
    from knowledge.releases import DataDirectory, kept_documents

    data = _data(options)
    texts = {d.policy.id: d.text for d in kept_documents(DataDirectory(data), DataDirectory(data).live_id())}
    case = confirm(data, options.draft, options.cases, texts, by=options.by, fact=options.fact, kind=options.kind)
    print(case.id)
    return 0


def _discard(options: argparse.Namespace) -> int:
    discard(_data(options), options.draft)
    return 0
