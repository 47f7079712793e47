"""The documents are true: what they link to, name and show is there."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

from guardrails_portal.local.words import WORDS
from policies.analysis.verdict import Status

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
READER = (ROOT / "accounts" / "aws" / "organizations.py").read_text()
every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def json_blocks() -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]


@every_document
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?://)([^)\s]+)\)", document.read_text()):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@every_document
def test_every_word_of_portal_that_is_named_exists(document: Path) -> None:
    for word in re.findall(r"\./portal ([a-z]\w*)", document.read_text()):
        assert word in {*WORDS, *get_commands()}, word


@every_document
def test_every_file_that_is_named_exists(document: Path) -> None:
    folders = "accounts|docs|guardrails_portal|policies|static|templates|tests"
    named = re.findall(rf"`((?:{folders})/[\w./-]*)`", document.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("row", re.findall(r"^\| (.+`.*) \|$", CONTRIBUTING, re.MULTILINE))
def test_where_a_change_belongs_is_what_is_named_there(row: str) -> None:
    change, _, places = row.partition(" | ")
    folder, texts, names = ROOT, "", []
    for word in re.findall(r"`([^`]+)`", places):
        # A file without a folder is in that of the one before.
        path = next((p for p in (ROOT / word, folder / word) if p.exists()), None)
        if path is None:
            names.append(word.removesuffix("(…)").rpartition(".")[2])
        else:
            folder = path if path.is_dir() else path.parent
            files = path.glob("*.*") if path.is_dir() else [path]
            texts += "\n".join(one.read_text() for one in files)
    defined = r"(?m)(?:def|class) {0}\b|^\s*{0}\b[^=\n]*[:=]|^\s*{0} |\"{0}\""
    assert [name for name in names if not re.search(defined.format(name), texts)] == [], change


def test_the_policy_in_the_readme_allows_what_a_crawl_calls_and_nothing_else() -> None:
    called = set(re.findall(r'"((?:List|Describe)[A-Z]\w+)"', READER))
    [statement] = json_blocks()[0]["Statement"]
    assert set(statement["Action"]) == {f"organizations:{api}" for api in called}


def test_the_trust_policy_in_the_readme_asks_for_an_external_id() -> None:
    [statement] = json_blocks()[1]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert "sts:ExternalId" in statement["Condition"]["StringEquals"]


def test_the_explanation_of_verdicts_knows_every_status() -> None:
    text = (ROOT / "docs" / "verdicts.md").read_text()
    assert [status for status in Status if f"| `{status}` |" not in text] == []


def test_every_metric_is_documented_and_no_other() -> None:
    measured = (ROOT / "guardrails_portal" / "metrics.py").read_text()
    told = re.findall(
        r"`(portal_\w+?)(?:_total)?\b", (ROOT / "docs" / "observability.md").read_text()
    )
    assert set(told) == set(re.findall(r'"(portal_\w+)"', measured))


def test_every_decision_is_listed() -> None:
    listing = (ROOT / "docs" / "decisions" / "README.md").read_text()
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert [page.name for page in pages if f"({page.name})" not in listing] == []


def test_nothing_names_a_package_index_or_a_folder_of_one_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    own = {"tests/test_docs.py"}
    texts = [name for name in listed if name and name not in own and _is_text(ROOT / name)]
    forbidden = re.compile(r"(pypi\.org|files\.pythonhosted|/simple\b|index-url ?=|/home/|/work/)")
    assert [name for name in texts if forbidden.search((ROOT / name).read_text())] == []


def _is_text(path: Path) -> bool:
    return path.exists() and path.suffix not in {".png", ".ico", ".woff2"}
