"""`python -m assistant`: ask and search, one at a time or one JSON object a line; accounts and API keys; what is kept."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.access.commands import add_commands
from assistant.settings import Settings
from assistant.store_commands import add_store_commands
from knowledge.console import utf8_streams
from knowledge.errors import BiaozhuntongError, UsageError

if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.pipeline import Assistant
    from assistant.retriever import Hit

_ASK_FIELDS: Mapping[str, type] = {"question": str, "history": list, "facts": dict, "asked_at": str}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 some line was malformed, 2 wrong use or unusable input."""
    utf8_streams()
    arguments = _parser().parse_args(argv)
    settings = Settings()
    if arguments.data is not None:
        settings.data = arguments.data
    try:
        command: Callable[[argparse.Namespace, Settings], int] = arguments.command
        return command(arguments, settings)
    except BiaozhuntongError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of a pipe went away
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assistant", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, text in (
        ("ask", _ask, "Answer a question, with the clause cited and the amount computed."),
        ("search", _search, "List the clauses that match, best first."),
    ):
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("words", nargs="?", metavar="QUESTION" if name == "ask" else "QUERY")
        sub.add_argument("--json", action="store_true", help="one JSON object instead of text")
        sub.add_argument("--jsonl", action="store_true", help="one JSON object a line in, one a line out, same order")
        sub.add_argument("--data", type=Path, help="the data directory (default: ./.data, or BZT_DATA)")
        if name == "ask":
            sub.add_argument(
                "--pack", action="store_true", help="the evidence pack of the answer, and its size in tokens"
            )
        if name == "search":
            sub.add_argument("--limit", type=_positive, default=10, metavar="K", help="how many clauses (default 10)")
        sub.set_defaults(command=command)
    add_commands(commands)
    add_store_commands(commands)
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return int(text)


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.jsonl:
        return _lines(settings, "question", _ask_line)
    assistant = _open(settings)
    answer = assistant.ask(_words(arguments, "question"))
    if arguments.pack:
        return _pack(answer, settings.evidence_tokens)
    if arguments.json:
        print(answer.model_dump_json())
        return 0
    from assistant.web.words import clause_label, words_for

    words = words_for(answer.language)
    print(answer.answer)
    for citation in answer.citations:
        quote = " ".join(citation.quote.split())
        print(
            f"\n[{citation.n}] {citation.policy.title} · {clause_label(citation, words)} · {citation.clause_id}\n    {quote}"
        )
    if answer.question_back:
        print(f"\n→ {answer.question_back.text} {' / '.join(answer.question_back.options)}")
    return 0


def _pack(answer: Answer, budget: int) -> int:
    from assistant.pack import evidence_pack

    pack = evidence_pack(answer, budget)
    print(pack.text)
    left_out = f"; left out: {', '.join(map(str, pack.left_out))}" if pack.left_out else ""
    print(f"{pack.tokens} of {pack.budget} tokens{left_out}", file=sys.stderr)
    return 0


def _search(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.jsonl:
        return _lines(settings, "query", lambda assistant, row: _search_line(assistant, row, arguments.limit))
    assistant = _open(settings)
    rows = _results(assistant, assistant.search(_words(arguments, "query"), limit=arguments.limit))
    if arguments.json:
        print(json.dumps({"results": rows}, ensure_ascii=False))
        return 0
    for row in rows:
        print(f"{row['score']:7.3f}  {row['clause_id']}\n         {' '.join(str(row['text']).split())}")
    return 0


def _ask_line(assistant: Assistant, row: Mapping[str, Any]) -> dict[str, Any]:
    history, facts, day = row.get("history") or [], row.get("facts") or {}, row.get("asked_at")
    for name, value in (("history", history), ("facts", facts), ("asked_at", day)):
        if value is not None and not isinstance(value, _ASK_FIELDS[name]):
            raise UsageError(f"`{name}` should be a {_ASK_FIELDS[name].__name__}, got {type(value).__name__}")
    if not all(isinstance(turn, str) for turn in history):
        raise UsageError("`history` should be a list of strings, the user's earlier turns")
    try:
        asked_at = date.fromisoformat(day) if day else None
    except ValueError:
        raise UsageError(f"`asked_at` should be a date like 2026-11-22, got {day!r}") from None
    answer = assistant.ask(row["question"], history=history, facts=facts, asked_at=asked_at)
    return answer.model_dump(mode="json") | {"id": row.get("id")}


def _search_line(assistant: Assistant, row: Mapping[str, Any], limit: int) -> dict[str, Any]:
    wanted = row.get("limit", limit)
    if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 1:
        raise UsageError(f"`limit` should be a whole number from 1, got {wanted!r}")
    words = row.get("query", row.get("question"))
    if not isinstance(words, str):
        raise UsageError(f"`query` should be a string, got {type(words).__name__}")
    return {"id": row.get("id"), "results": _results(assistant, assistant.search(words, limit=wanted))}


def _lines(settings: Settings, field: str, answer: Callable[[Assistant, Mapping[str, Any]], dict[str, Any]]) -> int:
    assistant = _open(settings)
    fell_short = False
    for row, fault in _rows(field):
        result: dict[str, Any]
        if fault is not None:
            result = {"id": row.get("id"), "error": {"code": "bad_line", "message": fault}}
        else:
            try:
                result = answer(assistant, row)
            except UsageError as error:
                result = {"id": row.get("id"), "error": {"code": "bad_field", "message": str(error)}}
            except Exception as error:  # one question must not end the run for those behind it
                traceback.print_exc()
                result = {"id": row.get("id"), "error": {"code": "internal", "message": type(error).__name__}}
        fell_short = fell_short or "error" in result
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return 1 if fell_short else 0


def _rows(field: str) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    """The objects on stdin, each with what is wrong with it, if anything."""
    for raw in sys.stdin.buffer:
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            yield {}, f"expected one JSON object in UTF-8 on the line: {error}"
            continue
        if not isinstance(row, dict):
            yield {}, f"expected a JSON object, got {type(row).__name__}"
        elif not any(isinstance(row.get(name), str) for name in {field, "question"}):
            yield row, f"expected the text in `{field}`"
        else:
            yield row, None


def _no_constant(name: str) -> None:
    """JSON knows no NaN and no infinity; an answer that gave them back would not be JSON either."""
    raise ValueError(f"{name} is no JSON value")


def _results(assistant: Assistant, hits: Sequence[Hit]) -> list[dict[str, Any]]:
    return [
        {
            "policy_id": hit.clause.policy_id,
            "clause_id": hit.clause.clause_id,
            "score": round(hit.score, 4),
            "text": assistant.release.text(hit.clause.policy_id)[hit.clause.start : hit.clause.end],
            "start": hit.clause.start,
            "end": hit.clause.end,
        }
        for hit in hits
    ]


def _words(arguments: argparse.Namespace, what: str) -> str:
    if arguments.words is None:
        raise UsageError(f"expected a {what} as the argument, or --jsonl with one JSON object a line on stdin")
    return str(arguments.words)


def _open(settings: Settings) -> Assistant:
    from assistant.pipeline import Assistant

    return Assistant.open(settings, notice=lambda message: print(message, file=sys.stderr))


if __name__ == "__main__":
    sys.exit(main())
