"""A fresh desk over the small corpus for each test."""

from __future__ import annotations

import pytest

from assistant.pipeline import Assistant
from tests.assistant.desk.people import Office, office


@pytest.fixture
def bureau(small_assistant: Assistant) -> Office:
    return office(small_assistant)
