from __future__ import annotations

import pytest

from core.sample_text import causes, found, hosted, sample

ENVIRONMENT = "<env>\nWorking directory: /repo\nIs directory a git repo: Yes\nPlatform: linux\n</env>"


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        (
            "Rules.\nWorking directory: /repo\ngit status:\nM a.py",
            "Rules.\nWorking directory: /repo\ngit status:\nM a.py\nM b.py",
            "git state",
        ),
        ("cwd: /home/ada", "cwd: /home/juan", "working directory"),
        (ENVIRONMENT, ENVIRONMENT.replace("/repo", "/srv/app"), "working directory"),
        (ENVIRONMENT, ENVIRONMENT.replace("linux", "darwin"), "environment"),
        ("On branch main", "On branch login", "git state"),
        ("Current branch: main", "Current branch: login", "git state"),
        ("# VSCode Open Tabs\napp.py,cli.py", "# VSCode Open Tabs\napp.py", "list of open files"),
        ("src\n├── app.py", "src\n├── app.py\n├── cli.py", "file list"),
        ("<env>\nEditor is vim\n</env>", "<env>\nEditor is nano\n</env>", "environment"),
    ],
)
def test_folder_git_state_and_open_files_are_the_environment(before: str, after: str, label: str) -> None:
    for old, new in ((before, after), (hosted(before), hosted(after))):
        (one,) = found(old, new)
        assert (one.id, one.label) == ("environment-snapshot", label)
        assert one.say.startswith(f"The {label} changed: “")


def test_prose_that_speaks_of_states_and_branches_is_no_environment() -> None:
    before = hosted("The status of every branch office is kept in a tree of files.\nBe brief.")
    assert causes(before, before.replace("Be brief", "Be kind")) == ["text-edited"]
    assert causes(before, before.replace("branch office", "shop")) == ["text-edited"]


def test_an_edit_far_below_the_environment_is_an_edit() -> None:
    before = hosted(f"{ENVIRONMENT}\n\nRule 1: ask.\nRule 2: wait.\nRule 3: answer.\nBe brief.")
    assert causes(before, before.replace("Be brief", "Be kind")) == ["text-edited"]


def test_a_date_in_the_environment_is_still_a_date() -> None:
    before = ENVIRONMENT.replace("Platform", "Today: 2026-11-23\nPlatform")
    assert causes(before, before.replace("23\n", "24\n")) == ["date-rollover"]


@pytest.mark.parametrize(
    ("before", "after", "confidence"),
    [
        ("<context>doc about X</context>\nRules.", "<context>doc about Y</context>\nRules.", "high"),
        ("<documents>\nTea is hot.\n</documents>", "<documents>\nRice is white.\n</documents>", "high"),
        ("<memory>Ada likes tea</memory>", "<memory>Ada likes rice</memory>", "high"),
        ("Relevant memories:\n- likes tea", "Relevant memories:\n- likes rice and milk", "medium"),
        ("Retrieved passages:\n\nTea is hot.", "Retrieved passages:\n\nRice is white.", "medium"),
        ("Rules.\n", "Rules.\n<context>All of it is new.</context>\n", "high"),
    ],
)
def test_what_was_retrieved_is_told_by_its_tag_or_heading(before: str, after: str, confidence: str) -> None:
    for old, new in ((before, after), (hosted(before), hosted(after))):
        groups = found(old, new)
        assert [one.id for one in groups] == ["retrieved-context-changed"]
        assert groups[0].confidence == confidence


def test_a_long_document_that_was_exchanged_is_retrieved_context() -> None:
    first, second = sample(), sample()[::-1]
    (one,) = found(f"<documents>\n{first}\n</documents>", f"<documents>\n{second}\n</documents>")
    assert one.id == "retrieved-context-changed"


def test_behind_its_end_nothing_is_retrieved() -> None:
    before = "<context>doc about X</context>\nBe brief."
    assert causes(before, before.replace("brief", "kind")) == ["text-edited"]
    before = "Use <context> where you find it.\nBe brief."
    assert causes(before, before.replace("brief", "kind")) == ["text-edited"]


def test_the_inner_tag_counts() -> None:
    before = "<context>\n<env>\nshell is bash\n</env>\n</context>"
    assert causes(before, before.replace("bash", "zsh")) == ["environment-snapshot"]


def test_a_number_in_a_retrieved_document_is_no_counter() -> None:
    before = "<context>The pump holds 12 bar.</context>"
    assert causes(before, before.replace("12", "15")) == ["retrieved-context-changed"]


def test_a_narrow_change_in_a_retrieved_document_is_narrow() -> None:
    before = "<context>doc about tea</context>"
    assert causes(before, before.replace("about ", "about\u00a0")) == ["invisible-char-changed"]


@pytest.mark.parametrize(
    ("before", "after", "say"),
    [
        ("Tenant: A\nRules.", "Tenant: B\nRules.", "The value of “Tenant” changed: “A” became “B”."),
        ("- Name: Ada Park", "- Name: Juan Silva", "“Ada Park” became “Juan Silva”."),
        ("**Locale**: en-GB", "**Locale**: pt-BR", "“en-GB” became “pt-BR”."),
        ("User: Ada, Language: en", "User: Ada, Language: pt", "“en” became “pt”."),
        ("Email: a@b.example", "Email: juan@b.example", "“a@b.example” became “juan@b.example”."),
        ("Customer: 17", "Customer: 52", "“17” became “52”."),
    ],
)
def test_data_of_a_user_stands_behind_a_key(before: str, after: str, say: str) -> None:
    for old, new in ((before, after), (hosted(before), hosted(after))):
        (one,) = found(old, new)
        assert (one.id, one.confidence) == ("per-user-data", "medium")
        assert one.say.endswith(say)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Tenant: A\nBe brief.", "Tenant: A\nBe kind."),
        ("The name of the game: tea", "The name of the game: rice"),
        ("Tenant: A. Be brief.", "Tenant: A. Be kind."),
        ("Tenant: A", "Customer: A"),
    ],
)
def test_other_text_beside_a_key_is_an_edit(before: str, after: str) -> None:
    assert causes(before, after) == ["text-edited"]
