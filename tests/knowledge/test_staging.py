"""The working copy: documents, rules and manifest entries come, change and go; what no longer stands is said."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import BiaozhuntongError, DataFileError, SourceError, UsageError
from knowledge.manifest import load_corpus, load_manifest
from knowledge.model import Policy
from knowledge.rules import load_rules
from knowledge.staging import Change, apply, digest, prove
from tests.corpus import TEXTS, write_corpus

DAY = date(2026, 11, 22)
Write = Callable[[str, str], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def made(name: str, text: str) -> Path:
        path = tmp_path / "given" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return made


def change(folder: Path, *files: Path, **more: object) -> list[str]:
    return apply(folder, Change(files=files, **more), DAY)  # type: ignore[arg-type]


def policies(folder: Path) -> dict[str, Policy]:
    return {entry.policy.id: entry.policy for entry in load_manifest(folder / "sources" / "policies.yaml")}


def test_a_new_document_says_what_its_file_tells_and_nothing_more(folder: Path, write: Write) -> None:
    path = write("suzhou-2024.txt", "苏州市标准化办法\n第一条 支持企业制定标准。\n")
    note = change(folder, path)[-1]
    policy = policies(folder)["suzhou-2024"]
    assert (policy.title, policy.place and policy.place.name, policy.status) == (
        "苏州市标准化办法",
        "苏州市",
        "unknown",
    )
    assert policy.signed is None
    assert "苏州市标准化办法" in note
    assert "signed unknown" in note
    assert {d.policy.id for d in load_corpus(folder)} == {*TEXTS, "suzhou-2024"}


SAYS_MUCH = """台州市标准化奖励办法
台政发〔2024〕7号
第一条 为推进标准化，制定本办法。
第二条 本办法自2024年5月1日起施行，有效期3年。《台州市标准化资助办法》同时废止。
台州市人民政府
2024年3月20日
"""


def test_a_new_document_fills_its_entry_with_what_it_says_and_shows_the_words(folder: Path, write: Write) -> None:
    notes = change(folder, write("taizhou.txt", SAYS_MUCH))
    policy = policies(folder)["taizhou"]
    assert (policy.doc_no, policy.issuer) == ("台政发〔2024〕7号", "台州市人民政府")
    assert (policy.signed, policy.effective, policy.expires) == (date(2024, 3, 20), date(2024, 5, 1), date(2027, 4, 30))
    assert policy.status == "unknown"
    assert "taizhou: effective 2024-05-01, from “自2024年5月1日起施行”" in notes
    assert any(note.startswith("taizhou: repeals 《台州市标准化资助办法》") for note in notes)


def test_an_option_overrides_what_a_document_says(folder: Path, write: Write) -> None:
    notes = change(folder, write("taizhou.txt", SAYS_MUCH), fields={"signed": "2024-03-21", "expires": None})
    policy = policies(folder)["taizhou"]
    assert (policy.signed, policy.expires, policy.effective) == (date(2024, 3, 21), None, date(2024, 5, 1))
    assert not [note for note in notes if note.startswith(("taizhou: signed", "taizhou: expires"))]


def test_an_entry_written_by_a_person_is_not_filled_in(folder: Path, write: Write) -> None:
    entry = write("entry.yaml", "policies:\n  - {id: taizhou-a, title: 台州市标准化奖励办法, source: taizhou.txt}\n")
    change(folder, write("taizhou.txt", SAYS_MUCH), entry)
    policy = policies(folder)["taizhou-a"]
    assert (policy.doc_no, policy.signed, policy.effective) == (None, None, None)


def test_a_newer_version_is_recognised_and_a_person_says_whether_it_supersedes(folder: Path, write: Write) -> None:
    text = "宁波市标准化工作奖励办法（2025年修订）\n第一条 奖励。\n宁波市人民政府\n2025年3月20日\n"
    notes = change(folder, write("ningbo-2025.txt", text))
    assert policies(folder)["ningbo-2025"].supersedes == ()
    assert [note for note in notes if "--supersedes ningbo-" in note]


def test_what_the_entry_says_otherwise_than_a_new_text_is_told(folder: Path, write: Write) -> None:
    change(folder, write("taizhou.txt", SAYS_MUCH))
    notes = change(folder, write("taizhou.txt", SAYS_MUCH.replace("自2024年5月1日", "自2025年6月1日")))
    assert policies(folder)["taizhou"].effective == date(2024, 5, 1)
    assert any("“自2025年6月1日起施行”" in note and "stays 2024-05-01 (--effective" in note for note in notes)


def test_two_files_of_one_name_do_not_replace_each_other(folder: Path, write: Write, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "taizhou.txt"
    other.parent.mkdir()
    other.write_text("温州市办法\n第一条 总则。\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"two of the files are called 'taizhou\.txt'"):
        change(folder, write("taizhou.txt", SAYS_MUCH), other)


@pytest.mark.parametrize("name", ["ningbo-2016.txt", "other.txt"])
def test_a_known_document_is_replaced_by_name_or_by_id(name: str, folder: Path, write: Write) -> None:
    path = write(name, TEXTS["ningbo-2016"].replace("40项", "50项"))
    before = policies(folder)["ningbo-2016"]
    notes = change(folder, path, policy_id=None if name == "ningbo-2016.txt" else "ningbo-2016")
    after = policies(folder)["ningbo-2016"]
    assert notes == ["replaced the text of ningbo-2016"]
    assert after.model_dump(exclude={"source", "sha256"}) == before.model_dump(exclude={"source", "sha256"})
    assert (after.source, after.sha256) == (name, hashlib.sha256(path.read_bytes()).hexdigest())
    assert sorted(p.name for p in (folder / "sources").glob("*.txt")) == sorted(
        [name, "ningbo-2020.txt", "shaoxing-2019-draft.txt"]
    )


def test_another_first_line_is_told_and_the_title_stays(folder: Path, write: Write) -> None:
    notes = change(folder, write("ningbo-2016.txt", TEXTS["ningbo-2016"].replace("奖励办法", "奖励新办法", 1)))
    assert "奖励新办法" in notes[1]
    assert policies(folder)["ningbo-2016"].title == "宁波市标准化工作奖励办法"


def test_metadata_are_given_with_the_document_or_alone(folder: Path, write: Write) -> None:
    path = write("x.txt", "某某办法\n第一条 支持标准化。\n")
    fields = {"title": "苏州市某某办法", "signed": "2024-01-02", "status": "in_force"}
    change(folder, path, policy_id="suzhou-2024", fields=fields)
    assert policies(folder)["suzhou-2024"].signed == date(2024, 1, 2)
    change(folder, policy_id="suzhou-2024", fields={"status": "repealed", "signed": None})
    policy = policies(folder)["suzhou-2024"]
    assert (policy.title, policy.status, policy.signed) == ("苏州市某某办法", "repealed", None)


def test_what_is_superseded_is_said_at_both_and_taken_back_with_the_document(folder: Path, write: Write) -> None:
    path = write("ningbo-2024.txt", "宁波市标准化工作奖励办法\n第一条 对主导制定国家标准的企业,给予50万元的奖励。\n")
    change(folder, path, supersedes=("ningbo-2016",))
    found = policies(folder)
    assert found["ningbo-2024"].supersedes == ("ningbo-2016",)
    old = found["ningbo-2016"]
    assert (old.status, old.superseded_by, old.status_checked) == ("superseded", "ningbo-2024", DAY)
    notes = change(folder, remove=("ningbo-2024",))
    old = policies(folder)["ningbo-2016"]
    assert (old.status, old.superseded_by) == ("unknown", None)
    assert any("--status" in note for note in notes)


def test_a_removed_policy_takes_its_file_and_rules_along(folder: Path) -> None:
    change(folder, remove=("ningbo-2016",))
    assert set(policies(folder)) == set(TEXTS) - {"ningbo-2016"}
    assert not (folder / "sources" / "ningbo-2016.txt").exists()
    assert set(load_rules(folder / "rules").policies) == {"ningbo-2020"}


def test_a_fragment_changes_the_keys_it_names_and_adds_what_is_new(folder: Path, write: Write) -> None:
    document = write("苏州.txt", "苏州市办法\n第一条 支持标准化。\n")
    fragment = write(
        "change.yaml",
        "policies:\n  - id: ningbo-2016\n    status: expired\n"
        "  - id: suzhou-2024\n    title: 苏州市标准化办法\n    doc_no: 苏府〔2024〕1号\n    source: 苏州.txt\n",
    )
    change(folder, fragment, document)
    found = policies(folder)
    assert (found["ningbo-2016"].status, found["ningbo-2016"].doc_no) == ("expired", "甬政发〔2016〕8号")
    assert (found["suzhou-2024"].title, found["suzhou-2024"].doc_no) == ("苏州市标准化办法", "苏府〔2024〕1号")


def test_comments_and_other_entries_of_the_manifest_stay(folder: Path, write: Write) -> None:
    path = folder / "sources" / "policies.yaml"
    text = path.read_text(encoding="utf-8").replace("issuer: 宁波市人民政府", "issuer: 宁波市人民政府  # as printed")
    path.write_text("# What is known.\n" + text, encoding="utf-8")
    change(folder, write("x.txt", "某某办法\n第一条 支持。\n"), policy_id="x")
    after = path.read_text(encoding="utf-8")
    assert after.startswith("# What is known.\n")
    assert "# as printed" in after


def test_rules_are_put_where_they_belong_whatever_the_file_is_called(folder: Path, write: Write) -> None:
    rules = (folder / "rules" / "ningbo-2016.yaml").read_text(encoding="utf-8").replace("a reader", "王芳")
    change(folder, write("新规则.yaml", rules))
    assert load_rules(folder / "rules").for_policy("ningbo-2016")[0].reviewed_by == "王芳"
    change(folder, remove_rules=("ningbo-2016",))
    assert load_rules(folder / "rules").for_policy("ningbo-2016") == ()


def test_rules_that_no_longer_stand_are_named_with_their_quote_and_what_to_do(folder: Path, write: Write) -> None:
    assert prove(folder, folder).faults == []
    change(folder, write("ningbo-2016.txt", TEXTS["ningbo-2016"].replace("30万元、12万元", "50万元、20万元")))
    proof = prove(folder, Path("staged"))
    (fault,) = proof.faults
    for words in (
        "2 of its rules",
        "ningbo-2016.drafting.national",
        "ningbo-2016.drafting.industry",
        "分别给予30万元、12万元的奖励",
        "most like them, in ningbo-2016/2",
        "50万元、20万元",
        "staged/rules/ningbo-2016.yaml",
        "--remove-rules ningbo-2016",
    ):
        assert words in fault
    assert len(proof.unexplained) == 2  # the new amounts are in no rule


def test_words_that_moved_to_another_clause_are_found_there(folder: Path, write: Write) -> None:
    text = TEXTS["ningbo-2016"].replace("第二条", "第二条 本办法所称企业,是指在本市注册的企业。\n第三条", 1)
    change(folder, write("ningbo-2016.txt", text))
    (fault,) = prove(folder, folder).faults
    assert "stand in ningbo-2016/3 now" in fault


def test_an_ignored_amount_that_is_gone_is_named_too(folder: Path, write: Write) -> None:
    change(folder, write("ningbo-2020.txt", TEXTS["ningbo-2020"].replace("800万元", "900万元")))
    (fault,) = prove(folder, folder).faults
    assert "标准化工作经费800万元" in fault


@pytest.mark.parametrize(
    ("files", "more", "error", "says"),
    [
        ({"a.pdf": "x"}, {}, SourceError, "a.pdf"),
        ({"a.txt": " "}, {}, SourceError, "empty"),
        ({"a.yaml": "rules: []"}, {}, DataFileError, "policies:"),
        ({"a.yaml": "policy: ningbo-2016\nrulez: []"}, {}, DataFileError, r"a\.yaml, line 2.*rulez"),
        ({"a.yaml": "policy: other\nrules: []"}, {}, DataFileError, r"a\.yaml, line 1.*stage its document"),
        ({"a.yaml": "policies:\n  - id: ningbo-2016\n    colour: red"}, {}, DataFileError, r"a\.yaml, line 3.*colour"),
        ({"a.yaml": "policies:\n  - id: ningbo-2016\n    signed: soon"}, {}, DataFileError, r"a\.yaml, line 3.*signed"),
        ({"a.yaml": "policies:\n  - id: new\n    title: x"}, {}, DataFileError, r"a\.yaml.*source"),
        ({"a.yaml": "policies:\n  - title: x"}, {}, DataFileError, r"a\.yaml, line 2.*`id`"),
        ({"a.txt": "甲\n乙。", "b.txt": "甲\n乙。"}, {"policy_id": "x"}, UsageError, "one at a time"),
        ({}, {"fields": {"title": "x"}}, UsageError, "--as"),
        ({}, {"policy_id": "nobody", "fields": {"title": "x"}}, UsageError, "ningbo-2016, ningbo-2020"),
        (
            {},
            {"policy_id": "ningbo-2016", "fields": {"signed": "soon"}},
            DataFileError,
            r"staged/sources/policies.*signed",
        ),
        ({}, {"remove": ("nobody",)}, UsageError, "nobody"),
        ({}, {"remove_rules": ("shaoxing-2019-draft",)}, UsageError, "no rules"),
        ({}, {"policy_id": "ningbo-2016", "supersedes": ("ningbo-2016",)}, UsageError, "itself"),
        ({"ningbo-2020.txt": "甲\n乙。"}, {"policy_id": "x"}, UsageError, "is the file of `ningbo-2020`"),
        ({"a.txt": "甲\n乙。"}, {"policy_id": "No Good"}, DataFileError, "lower-case"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    files: dict[str, str],
    more: dict[str, object],
    error: type[BiaozhuntongError],
    says: str,
    folder: Path,
    write: Write,
) -> None:
    with pytest.raises(error, match=says) as caught:
        change(folder, *(write(name, text) for name, text in files.items()), **more)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_file(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name the files"):
        change(folder, tmp_path)


def test_the_digest_sees_every_file(folder: Path) -> None:
    before = digest(folder)
    assert digest(folder) == before
    (folder / "rules" / "ningbo-2016.yaml").touch()
    assert digest(folder) == before
    (folder / "sources" / "ningbo-2016.txt").rename(folder / "sources" / "x.txt")
    assert digest(folder) != before
