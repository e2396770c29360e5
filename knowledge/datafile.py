"""YAML files that people maintain, read strictly, with the line of every key, so that an error says where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.errors import DataFileError

Location: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = dict[str, "Value"] | list["Value"] | str | int | float | bool | None
_Model = TypeVar("_Model", bound=BaseModel)
_BOOLEANS = {"true": True, "false": False}
_KINDS = {
    "missing": "expected this key, but it is not there",
    "extra_forbidden": "unknown key; remove it or correct its name",
}


# The C loader reads the glossary three times faster; a build of PyYAML without it still works.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataFile:
    """The content of a YAML file and where each part of it stands.

    Raises:
        DataFileError: the file is missing, not UTF-8, not YAML, or names a key twice.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Location, int] = {}
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DataFileError(path, f"expected a YAML file in UTF-8 that can be read; {error}") from error
        try:
            node = yaml.compose(text, Loader=_LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "it cannot be parsed"
            raise DataFileError(path, f"expected YAML; {problem}", line=mark.line + 1 if mark else None) from error
        self.content: Value = None if node is None else self._value(node, ())

    def line(self, location: Location) -> int | None:
        """1-based line of the value at `location`, or of the nearest part around it."""
        for length in range(len(location), -1, -1):
            if location[:length] in self._lines:
                return self._lines[location[:length]]
        return None

    def error(self, problem: str, location: Location = ()) -> DataFileError:
        """The error that says `problem` of the value at `location`."""
        return DataFileError(self.path, problem, line=self.line(location), key=".".join(map(str, location)) or None)

    def parse(self, model: type[_Model], content: Value, location: Location = ()) -> _Model:
        """`content`, which stands at `location`, as a `model`; a value of another type is an error, never converted.

        Raises:
            DataFileError: a key is missing or unknown, or a value is of the wrong kind.
        """
        try:
            return model.model_validate_json(json.dumps(content, ensure_ascii=False), strict=True)
        except ValidationError as error:
            first = error.errors()[0]
            where: Location = (*location, *(part for part in first["loc"] if part != "function-after"))
            # A whole file as what was met tells nobody anything.
            met = "" if isinstance(first["input"], (dict, list)) else f", got {first['input']!r}"
            problem = _KINDS.get(first["type"]) or f"{first['msg'][0].lower()}{first['msg'][1:]}{met}"
            raise self.error(problem, where) from error

    def _value(self, node: yaml.Node, location: Location) -> Value:
        self._lines.setdefault(location, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*location, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, location)

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Value]:
        content: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            self._lines[(*location, key)] = key_node.start_mark.line + 1
            if key in content:
                raise self.error("expected each key once, got it twice; remove one", (*location, key))
            content[key] = self._value(value_node, (*location, key))
        return content

    def _scalar(self, node: yaml.Node, location: Location) -> str | int | float | bool | None:
        text = str(node.value)
        if node.tag == "tag:yaml.org,2002:null":
            return None
        if node.tag == "tag:yaml.org,2002:bool" and text.lower() in _BOOLEANS:
            return _BOOLEANS[text.lower()]
        try:
            if node.tag == "tag:yaml.org,2002:int":
                return int(text)
            if node.tag == "tag:yaml.org,2002:float":
                return float(text)
        except ValueError:
            raise self.error(f"expected a plain number, or text in quotes, got {text!r}", location) from None
        # Dates stay text, and so do the words that YAML 1.1 takes for booleans.
        return text
