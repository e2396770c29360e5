"""Column types that keep the same values in SQLite and in PostgreSQL."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Dialect, SQLColumnExpression, Text, func
from sqlalchemy.types import TypeDecorator

# PostgreSQL keeps no NUL in a text, and neither database keeps half of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` with each character that a database cannot keep replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def holds(column: SQLColumnExpression[str], words: str) -> ColumnElement[bool]:
    """Whether a text contains `words`; capitals of the Latin alphabet are as good as small letters."""
    escaped = re.sub(r"([\\%_])", r"\\\1", storable(words))
    return func.lower(column).like(func.lower(f"%{escaped}%"), escape="\\")


class Words(TypeDecorator[str]):
    """Text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """The text as it is kept."""
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC; naive times are refused, since nobody can say which moment they mean."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The moment in UTC.

        Raises:
            ValueError: the time has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a time with its time zone, got {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The moment with its zone, which SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value, kept as its text: keys stay in their order and the two databases hold the same bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """The value as JSON.

        Raises:
            TypeError, ValueError: it is no JSON value.
        """
        return None if value is None else storable(json.dumps(value, ensure_ascii=False, allow_nan=False))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:  # noqa: ANN401 - any JSON value
        """The value that was kept."""
        return None if value is None else json.loads(value)
