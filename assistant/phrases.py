"""The sentences of composed answers: templates in `prompts/`, one file a language, both with the same keys."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import get_args

import yaml
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.answer import Language
from knowledge.errors import DataFileError

PROMPTS = Path(__file__).resolve().parent.parent / "prompts"


class Phrases:
    """Templates by key, in every language of the product.

    Example:
        phrases.say("zh", "fact.source", title="…")

    Raises:
        DataFileError: a file is missing or unreadable, a key stands in one language only, or a template is broken.
    """

    def __init__(self, folder: Path = PROMPTS) -> None:
        # Values are put in as they are: what renders the answer escapes it.
        self._environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
        )
        self._folder = folder
        self._templates: dict[tuple[Language, str], Template] = {}
        self._texts = {language: self._read(folder / f"{language}.yaml") for language in get_args(Language)}
        keys = {language: set(texts) for language, texts in self._texts.items()}
        for language, own in keys.items():
            if missing := sorted(set().union(*keys.values()) - own):
                raise DataFileError(
                    folder / f"{language}.yaml", f"expected a template for {', '.join(missing)}; add it"
                )

    def keys(self) -> set[str]:
        """All template keys."""
        return set(self._texts["zh"])

    def text(self, language: Language, key: str) -> str:
        """A template as written."""
        return self._texts[language][key]

    def say(self, language: Language, key: str, **values: object) -> str:
        """A template filled in."""
        try:
            return self._template(language, key).render(**values).strip("\n")
        except KeyError:
            raise DataFileError(
                self._folder / f"{language}.yaml", "expected a template by this name", key=key
            ) from None
        except TemplateError as error:
            raise DataFileError(
                self._folder / f"{language}.yaml", f"the template is broken: {error}", key=key
            ) from error

    def _template(self, language: Language, key: str) -> Template:
        if (language, key) not in self._templates:
            self._templates[language, key] = self._environment.from_string(self._texts[language][key])
        return self._templates[language, key]

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of all templates, for an answer's provenance."""
        digest = hashlib.sha256(repr(sorted((k, sorted(v.items())) for k, v in self._texts.items())).encode())
        return digest.hexdigest()[:12]

    def _read(self, path: Path) -> dict[str, str]:
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise DataFileError(path, f"expected a YAML file in UTF-8 that can be read; {error}") from error
        except yaml.YAMLError as error:
            raise DataFileError(path, f"is not YAML: {error}") from error
        if not isinstance(data, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in data.items()):
            raise DataFileError(path, "expected a mapping from keys to texts")
        return data
