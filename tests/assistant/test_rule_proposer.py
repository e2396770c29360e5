"""Rows that a chat model proposes for a drafted policy, over real HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.__main__ import main
from tests import chat_server
from tests.chat_server import KEY, MODEL

SENTENCE = "主导、参与制定国际标准、国家标准的，分别奖励50万元、20万元。"
ROW = {
    "activity": "formulate_standard",
    "level": "international",
    "role": "lead",
    "yuan": 500_000,
    "bound": "exact",
    "per": "standard",
    "quote": SENTENCE,
    "said": "50万元",
}


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.txt"
    path.write_text(f"临湖市标准奖励办法\n\n第一条 {SENTENCE}\n", encoding="utf-8")
    return path


def rows(policy: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert main(["draft-rules", str(policy), "--json"]) == 0
    drafted: list[dict[str, object]] = json.loads(capsys.readouterr().out)["rules"]
    return drafted


@pytest.mark.parametrize(
    ("reply", "yuan"),
    [
        (json.dumps([ROW], ensure_ascii=False), [500_000]),
        (f"Rows:\n```json\n{json.dumps([ROW], ensure_ascii=False)}\n```", [500_000]),
        (json.dumps([{**ROW, "yuan": 600_000}], ensure_ascii=False), [None]),
        ("I cannot tell.", [None]),
        ("[" * 5000, [None]),
        ('{"yuan": 500000}', [None]),
    ],
)
def test_only_what_proves_itself_is_merged(
    policy: Path,
    reply: str,
    yuan: list[int | None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with chat_server.serve(chat_server.says(reply)) as endpoint:
        monkeypatch.setenv("BZT_MODEL", MODEL)
        monkeypatch.setenv("BZT_MODEL_URL", endpoint.url)
        monkeypatch.setenv("BZT_MODEL_KEY", KEY)
        drafted = rows(policy, capsys)
        assert SENTENCE in endpoint.prompt()
    assert [row["yuan"] for row in drafted] == yuan
    assert all(row["needs_review"] for row in drafted)


def test_without_a_model_nobody_is_asked(
    policy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BZT_MODEL", raising=False)
    assert [row["yuan"] for row in rows(policy, capsys)] == [None]
