"""What the check of a chat model's sentences lets through: `python -m eval.bench.wording [--data DIR] [--cases PATH]`.

No chat model is asked. In its place a script says the lines of the composed answer, as they are and each spoilt in every
way below, and what is shown of it is counted: of the faithful ones all should be, of the spoilt ones none.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path

from assistant.answer import Language
from assistant.chat_model import Message
from assistant.mentions import language_of
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.wording import WordedSentence, read_sentence
from eval.bench.timing import table
from eval.dataset import CASES, load_cases
from knowledge.glossary import Glossary
from knowledge.quantities import Quantity, find_quantities, format_yuan_en, format_yuan_zh

_FAITHFUL = "as it is"
_FACTS = re.compile(r"<facts>\n(.*)\n\s*</facts>", re.DOTALL)
_MARKS = re.compile(r"\s*((?:\[\d{1,2}\])+)\s*$")
_ENDS = re.compile(r"(?<=[。！？!?])\s*|(?<=\.)\s+")
_STRUCTURE = ("-", ">", "|", " ")
_OTHER_LEVEL = {"international": "enterprise", "national": "industry", "industry": "national", "group": "national"}
_Spoil = Callable[[str, Language], str]


class Script:
    """Says the prose of the composed answer that it finds in what it is told.

    Attributes:
        spoils: whether it says each line spoilt rather than as it is.
        said: the kind of each sentence of the last reply, by its words.
    """

    name = "script"

    def __init__(self) -> None:
        self.spoils = False
        self.said: dict[str, str] = {}

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The lines, one a sentence."""
        found = _FACTS.search(messages[-1].content)
        self.said = {}
        for line in found.group(1).splitlines() if found else ():
            marks = _MARKS.search(line)
            if not marks or line.startswith(_STRUCTURE) or line[: marks.start()].endswith(("：", ":", "**")):
                continue
            for text in filter(None, _ENDS.split(line[: marks.start()].replace("**", ""))):
                for kind, sentence in self._sentences(text):
                    self.said.setdefault(read_sentence(sentence)[0], kind)
                    yield f"{sentence.rstrip()}{marks.group(1)}\n"

    def _sentences(self, text: str) -> Iterator[tuple[str, str]]:
        if not self.spoils:
            yield _FAITHFUL, text
            return
        for kind, spoil in SPOILT.items():
            if (spoilt := spoil(text, language_of(text))) != text:
                yield kind, spoilt


def _figures(kinds: Sequence[str], change: Callable[[Quantity, Language], str]) -> _Spoil:
    def spoil(text: str, language: Language) -> str:
        for quantity in reversed(find_quantities(text)):
            if quantity.kind in kinds and quantity.value:
                text = text[: quantity.start] + change(quantity, language) + text[quantity.end :]
        return text

    return spoil


def _doubled(quantity: Quantity, language: Language) -> str:
    yuan = int(quantity.value * 2)
    return format_yuan_zh(yuan) if language == "zh" else format_yuan_en(yuan)


def _level(text: str, language: Language) -> str:
    glossary = Glossary.load()
    for match in glossary.find_slots(text):
        if match.slot == "level" and match.value in _OTHER_LEVEL:
            return (
                text[: match.start] + glossary.label("level", _OTHER_LEVEL[match.value], language) + text[match.end :]
            )
    return text


def _replaced(*pairs: tuple[str, str]) -> _Spoil:
    def spoil(text: str, _: Language) -> str:
        for words, other in pairs:
            if words in text:
                return text.replace(words, other, 1)
        return text

    return spoil


def _around(zh: str, en: str) -> _Spoil:
    return lambda text, language: (zh if language == "zh" else en).format(text)


_PLACES = {
    "扬州": "苏州",
    "广州": "苏州",
    "广东": "浙江",
    "Yangzhou": "Suzhou",
    "Guangzhou": "Suzhou",
    "Guangdong": "Zhejiang",
}
_DENIALS = {
    "没有写明": "写明了",
    "没有规定": "规定了",
    "不符合": "符合",
    "states no amount": "states an amount",
    "does not say": "says",
    "names no": "names a",
    "Not met:": "Met:",
}
_DOUBTS = {"无法确认": "可以确认", "未知": "良好", "cannot be confirmed": "is confirmed", "unknown": "known"}
SPOILT: Mapping[str, _Spoil] = {
    "amount doubled": _figures(["money"], _doubled),
    "count changed": _figures(["count"], lambda q, _: q.text.replace(str(q.value), str(q.value + 7))),
    "share changed": _figures(["percent"], lambda q, _: q.text.replace(str(q.value), str(q.value - 3))),
    "year changed": _figures(["year"], lambda q, _: q.text.replace(str(q.value), str(q.value + 1))),
    "another level": _level,
    "another place": _replaced(*_PLACES.items()),
    "bound dropped": _replaced(("最高 ", ""), ("up to ", ""), ("以上", ""), ("at least ", "")),
    "bound added": _replaced(("每项 ", "每项最高 "), (": RMB", ": up to RMB")),
    "conditions dropped": _replaced(("（须满足下列条件）", ""), (", on the conditions below", "")),
    "denial dropped": _replaced(*_DENIALS.items()),
    "doubt dropped": _replaced(*_DOUBTS.items()),
    "denied": _around("并非{}", "It is not so that {}"),
    "refused": _around("不予支持：{}", "Refused: {}"),
    "promised": _around("您一定能得到：{}", "You will certainly get this: {}"),
    "declared valid": _around("该文件现行有效，{}", "The policy is in force: {}"),
    "declared void": _around("该文件已废止，{}", "The policy has been repealed: {}"),
    "a body of its own": _around("{}，由市科技局受理", "{}, handled by the Science Bureau"),
    "an amount of its own": _around("{}，另加5万元", "{} plus RMB 50,000"),
}


def main() -> None:
    """Print how many sentences of each kind were said and shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data directory (default: BZT_DATA or ./.data)")
    parser.add_argument("--cases", type=Path, default=CASES, help="a case file or a folder of them")
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="print N sentences of each kind that went wrong"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask each Nth case only")
    options = parser.parse_args()
    settings = Settings(answer_cache=0) if options.data is None else Settings(answer_cache=0, data=options.data)
    said: Counter[tuple[str, Language]] = Counter()
    shown: Counter[tuple[str, Language]] = Counter()
    wrong: Counter[str] = Counter()
    script = Script()
    plain = Assistant.open(settings)
    assistant = Assistant(plain.release, settings, model=script)
    for case in load_cases(options.cases)[:: options.every]:
        for spoils in (False, True):
            script.spoils, script.said = spoils, {}
            sentences = assistant.ask_stream(case.question, history=case.history)
            passed = {read_sentence(s.text)[0] for s in list(sentences) if isinstance(s, WordedSentence)}
            for text, kind in script.said.items():
                key = (kind, language_of(text))
                said[key] += 1
                shown[key] += text in passed
                if (text in passed) == spoils and (wrong.update([kind]) or wrong[kind] <= options.show):
                    print(f"{kind}: {text}")
    print(_report(said, shown))


def _report(said: Mapping[tuple[str, Language], int], shown: Mapping[tuple[str, Language], int]) -> str:
    def share(kind: str, language: Language) -> str:
        return f"{shown.get((kind, language), 0)}/{said.get((kind, language), 0)}"

    kinds = [_FAITHFUL, *SPOILT]
    return table([["sentences", "shown, zh", "shown, en"], *([k, share(k, "zh"), share(k, "en")] for k in kinds)])


if __name__ == "__main__":
    main()
