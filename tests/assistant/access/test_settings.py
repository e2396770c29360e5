from __future__ import annotations

import pytest
from pydantic import ValidationError

from assistant.access.setup import access_of
from assistant.access.table import ANONYMOUS
from assistant.settings import Settings
from assistant.store import Store


def test_settings_become_the_parts_of_access(store: Store) -> None:
    setup = access_of(Settings(anonymous="ask chat", rate_ask="7/minute", public_url="https://a.test/"), store)
    assert setup.anonymous == {"ask", "chat"}
    assert setup.rates is not None
    assert setup.rates.ask == "7/minute"
    assert setup.public_url == "https://a.test"
    assert access_of(Settings(), store).anonymous == ANONYMOUS
    assert access_of(Settings(anonymous=""), store).anonymous == frozenset()


@pytest.mark.parametrize(
    "wrong",
    [
        {"anonymous": "ask desk"},
        {"anonymous": "everything"},
        {"rate_ask": "often"},
        {"rate_sign_in": ""},
        {"trusted_proxies": "proxy.test"},
        {"trusted_proxies": "10.0.0.0/99"},
        {"public_url": "answers.test"},
        {"public_url": "https://answers.test/below"},
        {"public_url": "javascript:alert(1)"},
        {"lock_after": 1},
        {"session_hours": 0},
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)
