"""What the README and the documents say exists: commands and options, settings, links, pictures."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from assistant.settings import Settings
from eval.gate import GateSettings

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
EVERYTHING = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
# Read by the commands themselves and not by the settings.
OTHER_VARIABLES = {"BZT_TEST_DATA"}

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"python -m (assistant|knowledge|eval)((?: [^`\n|#]*)?)")


# Commands that are named with a second word, what to do with the thing.
TWO_WORDS = {"users", "keys", "db", "data", "audit"}


def _commands() -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Each `(package, words of the command, options)` that a page names."""
    found = set()
    for page in PAGES:
        for package, rest in _COMMAND.findall(page.read_text(encoding="utf-8")):
            unquoted = re.sub(r'"[^"]*"', "", rest)
            words = re.split(r"[<>&;]", unquoted)[0].split()
            if words and re.fullmatch(r"[a-z][a-z-]*", words[0]):
                options = tuple(sorted(w.rstrip("],.)") for w in words[1:] if re.match(r"--[a-z]", w)))
                named = tuple(words[: 2 if words[0] in TWO_WORDS and len(words) > 1 else 1])
                found.add((package, named, options))
    return sorted(found)


@pytest.mark.parametrize(("package", "command", "options"), _commands())
def test_every_command_and_option_exists(
    package: str, command: tuple[str, ...], options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        importlib.import_module(f"{package}.__main__").main([*command, "--help"])
    assert stopped.value.code == 0, f"python -m {package} {' '.join(command)} is no command"
    told = capsys.readouterr().out
    assert [option for option in options if option not in told] == []


def test_there_are_commands_to_look_at() -> None:
    assert len(_commands()) > 8


def test_settings_are_those_of_the_program() -> None:
    settings = {f"BZT_{name.upper()}" for name in {*Settings.model_fields, *GateSettings.model_fields}}
    assert set(re.findall(r"BZT_[A-Z_]+", SETTINGS)) == settings
    named = set(re.findall(r"BZT_[A-Z_]*[A-Z]\b(?!_)", EVERYTHING)) - OTHER_VARIABLES
    assert named <= settings


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    targets = [target for target in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    missing = [target for target in targets if not (page.parent / target.split("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_named_in_code_style_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:knowledge|assistant|eval|tests|prompts|docs)/[\w./-]*\w\.(?:py|yaml|md))`",
        page.read_text(encoding="utf-8"),
    )
    assert [name for name in named if not (ROOT / name).exists()] == []
