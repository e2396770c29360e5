from __future__ import annotations

import hashlib
import time
from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import DataFileError, SourceError
from knowledge.manifest import describe, load_corpus, load_manifest
from knowledge.model import GoalPeriod, Place

TEXT = "扬州市标准化意见\n一、目标\n提升水平。\n二、任务\n落实《关于标准化的意见》（某府〔2010〕2号）。\n"
SHA = hashlib.sha256(TEXT.encode()).hexdigest()
ENTRY = f"""\
  - id: yangzhou-2011
    title: 扬州市标准化意见
    place: {{code: "321000", name: 扬州市, level: city}}
    doc_no: null
    signed: "2011-01-24"
    goal_period: {{end: "2015-12-31"}}
    status: unknown
    source: a.txt
    sha256: {SHA}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "a.txt").write_text(TEXT, encoding="utf-8")
    return sources


def manifest(folder: Path, entries: str = ENTRY, head: str = "policies:\n") -> Path:
    path = folder / "policies.yaml"
    path.write_text(head + entries, encoding="utf-8")
    return path


def test_an_entry_says_what_is_known_and_leaves_the_rest_unknown(folder: Path) -> None:
    (entry,) = load_manifest(manifest(folder))
    assert entry.path == folder / "a.txt"
    assert entry.policy.place == Place(code="321000", name="扬州市", level="city")
    assert entry.policy.signed == date(2011, 1, 24)
    assert entry.policy.goal_period == GoalPeriod(end=date(2015, 12, 31))
    assert (entry.policy.issuer, entry.policy.posted, entry.policy.superseded_by) == (None, None, None)


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "problem"),
    [
        ("    title: ", "    titel: ", 2, "policies.0.title", "expected this key"),
        ("    doc_no: null", "    number: 7", 5, "policies.0.number", "unknown key"),
        ("    doc_no: null", "    references: []", 5, "policies.0.references", "read from the document"),
        ('"2011-01-24"', '"24.1.2011"', 6, "policies.0.signed", "date"),
        ('"2011-01-24"', "20110124", 6, "policies.0.signed", "date"),
        ('code: "321000"', "code: 321000", 4, "policies.0.place.code", "string"),
        ("level: city", "level: town", 4, "policies.0.place.level", "'country', 'province', 'city'"),
        ("status: unknown", "status: valid", 8, "policies.0.status", "'draft', 'in_force'"),
        ("id: yangzhou-2011", "id: 扬州2011", 2, "policies.0.id", "lower-case letters"),
        ("source: a.txt", "source: b.txt", 9, "policies.0.source", "no 'b.txt'"),
        (SHA, "f" * 64, 10, "policies.0.sha256", f"expected {SHA}"),
        ("    doc_no: null", "    superseded_by: other", 5, "policies.0.superseded_by", "another policy"),
        ("    doc_no: null", "    superseded_by: yangzhou-2011", 5, "policies.0.superseded_by", "another policy"),
        ("    doc_no: null", "    supersedes: [other]", 5, "policies.0.supersedes", "got 'other'"),
        ("    doc_no: null", "    title: twice", 5, "policies.0.title", "each key once"),
    ],
)
def test_a_wrong_entry_is_named_with_file_line_key_and_expectation(
    folder: Path, old: str, new: str, line: int, key: str, problem: str
) -> None:
    path = manifest(folder, ENTRY.replace(old, new))
    with pytest.raises(DataFileError, match=problem) as error:
        load_manifest(path)
    assert (error.value.path, error.value.line, error.value.key) == (path, line, key)


SECOND = ENTRY.replace("id: yangzhou-2011", "id: yangzhou-2024").replace(
    "    doc_no: null", "    supersedes: [yangzhou-2011]"
)


def test_a_succession_named_at_one_end_is_known_at_both(folder: Path) -> None:
    old, new = load_manifest(manifest(folder, ENTRY + SECOND))
    assert (old.policy.superseded_by, old.policy.status, old.policy.is_past) == ("yangzhou-2024", "superseded", True)
    assert (new.policy.superseded_by, new.policy.is_past) == (None, False)


def test_a_draft_takes_nothing_out_of_force(folder: Path) -> None:
    old, _ = load_manifest(manifest(folder, ENTRY + SECOND.replace("status: unknown", "status: draft")))
    assert (old.policy.superseded_by, old.policy.is_past) == (None, False)


def test_a_circle_of_successions_is_an_error(folder: Path) -> None:
    first = ENTRY.replace("    doc_no: null", "    supersedes: [yangzhou-2024]")
    with pytest.raises(DataFileError, match="among its own successors"):
        load_manifest(manifest(folder, first + SECOND))


def test_an_id_that_stands_twice_is_an_error(folder: Path) -> None:
    with pytest.raises(DataFileError, match=r"line 11, key `policies\.1\.id`: expected each id once"):
        load_manifest(manifest(folder, ENTRY + ENTRY))


@pytest.mark.parametrize("head", ["documents:\n", "policies: none\nx:\n", "- policies:\n", "", "x: 1\npolicies:\n"])
def test_a_manifest_holds_a_list_of_policies_and_nothing_else(folder: Path, head: str) -> None:
    with pytest.raises(DataFileError):
        load_manifest(manifest(folder, head=head))


def test_a_corpus_is_found_in_its_folder_or_the_one_above(folder: Path) -> None:
    manifest(folder)
    for place in (folder, folder.parent):
        (document,) = load_corpus(place)
        assert document.policy.id == "yangzhou-2011"
        assert document.text == TEXT
        assert [clause.clause_id for clause in document.clauses] == ["yangzhou-2011/1/p1", "yangzhou-2011/2/p1"]
        assert [reference.doc_no for reference in document.policy.references] == ["某府〔2010〕2号"]


def test_a_document_the_manifest_does_not_know_is_an_error(folder: Path) -> None:
    path = manifest(folder)
    (folder / "b.txt").write_text("另一份文件", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"b\.txt") as error:
        load_corpus(folder)
    assert error.value.path == path


def test_plain_files_are_policies_of_which_only_the_first_line_is_known(folder: Path) -> None:
    (folder / "b 政策.txt").write_bytes("\n\n关于标准化的办法\r\n内容。".encode("gb18030"))
    (folder / "扬州.txt").write_text("第三份文件\n内容。", encoding="utf-8")
    (folder / "notes.rst").write_text("not a policy", encoding="utf-8")
    (folder / "README.md").write_text("not a policy", encoding="utf-8")
    documents = {document.policy.source: document for document in load_corpus(folder)}
    assert list(documents) == ["a.txt", "b 政策.txt", "扬州.txt"]
    policy = documents["a.txt"].policy
    assert (policy.id, policy.title, policy.status) == ("a", "扬州市标准化意见", "unknown")
    assert policy.place is not None
    assert policy.place.code == "321000"
    unknown = documents["b 政策.txt"].policy
    assert unknown.title == "关于标准化的办法"
    assert unknown.place is unknown.issuer is unknown.signed is unknown.doc_no is None
    ids = [document.policy.id for document in documents.values()]
    assert all(policy_id.isascii() for policy_id in ids)
    assert len(set(ids)) == 3


def test_ids_of_files_whose_names_say_the_same_are_told_apart(tmp_path: Path) -> None:
    for name in ("A.txt", "a.TXT", "ａ.txt"):
        (tmp_path / name).write_text("办法", encoding="utf-8")
    ids = [document.policy.id for document in load_corpus(tmp_path)]
    assert len(set(ids)) == 3
    assert ids == [document.policy.id for document in load_corpus(tmp_path)]
    assert describe(tmp_path / "A.txt").id == "a"


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=str(tmp_path / "none")):
        load_corpus(tmp_path / "none")


@pytest.mark.parametrize("name", [".", "sources", "rules"])
def test_a_folder_with_nothing_in_it_is_an_empty_corpus(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / ".gitkeep").touch()
    assert load_corpus(tmp_path) == []


def test_a_manifest_of_no_policies_is_an_empty_corpus(tmp_path: Path) -> None:
    (tmp_path / "policies.yaml").write_text("policies: []\n", encoding="utf-8")
    assert load_corpus(tmp_path) == []


def test_a_folder_of_files_that_no_loader_reads_is_an_error_rather_than_an_empty_corpus(tmp_path: Path) -> None:
    (tmp_path / "扬州.doc").write_bytes(b"...")
    with pytest.raises(SourceError, match=r"\*\.txt.*扬州\.doc"):
        load_corpus(tmp_path)


def test_one_document_that_cannot_be_read_stops_the_load_with_its_name(folder: Path) -> None:
    (folder / "b.txt").write_bytes(b"")
    with pytest.raises(SourceError, match=r"b\.txt: expected the text of a policy"):
        load_corpus(folder)


def test_progress_is_told_after_each_document_and_many_load_fast(tmp_path: Path) -> None:
    body = "".join(f"第{n}条 企业主导制定标准的，给予{n}万元奖励，由市财政安排。\n" for n in range(1, 50))
    for number in range(60):
        (tmp_path / f"{number:03}.txt").write_text(f"办法{number}\n{body}", encoding="utf-8")
    told: list[tuple[int, int]] = []
    started = time.process_time()
    assert len(load_corpus(tmp_path, on_document=lambda done, of: told.append((done, of)))) == 60
    assert time.process_time() - started < 20
    assert told == [(number, 60) for number in range(1, 61)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("临川市标准化奖励办法（试行）.txt", "lin-chuan-shi-biao-zhun-hua-jiang-li-ban-fa-shi-xing"),
        ("办法2024.txt", "ban-fa-2024"),
        ("2024 Plan.txt", "2024-plan"),
        ("关于印发扬州市标准化专项资金管理办法的通知.txt", "guan-yu-yin-fa-yang-zhou-shi-biao-zhun-hua-zhuan-xiang-zi"),
    ],
)
def test_an_id_can_be_read(tmp_path: Path, name: str, expected: str) -> None:
    (tmp_path / name).write_text(TEXT, encoding="utf-8")
    assert describe(tmp_path / name).id == expected


def test_what_has_no_reading_is_told_apart_by_a_hash(tmp_path: Path) -> None:
    ids = []
    for name in ("привет.txt", "здравствуй.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
        ids.append(describe(tmp_path / name).id)
    assert len(set(ids)) == 2
    assert all(policy_id.startswith("policy-") for policy_id in ids)
