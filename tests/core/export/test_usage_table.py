"""CSV of usage: a spreadsheet reads it back and runs nothing of it."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.export.usage_table import COLUMNS, USAGE_TABLE
from coldbyte.core.history.kept_exchange import KeptExchange
from core.export.kept import kept


def rows(*exchanges: KeptExchange) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(USAGE_TABLE.whole(exchanges).decode(), newline="")))


def test_a_row_holds_the_counts_and_the_money() -> None:
    (row,) = rows(kept())
    counts = {name: int(row[name]) for name in ("read", "written_5m", "written_1h", "uncached", "output")}
    assert counts == {"read": 900, "written_5m": 20, "written_1h": 30, "uncached": 7, "output": 11}
    assert int(row["prompt_tokens"]) == 957
    assert (row["price_usd"], row["lost_usd"]) == ("0.00123", "-0.5")
    assert (row["first_event_s"], row["started_at"]) == ("0.5", "2026-09-21T14:13:20.123456Z")


def test_what_is_not_known_is_empty_and_money_is_never_in_exponents() -> None:
    (bare,) = rows(KeptExchange(b"{}", "imported"))
    assert not any(bare[name] for name in COLUMNS if name != "origin")
    judged = kept(judgement=None)
    assert rows(judged)[0]["price_usd"] == ""
    assert f"{Decimal('1E-9'):f}" == "0.000000001"


def test_formulas_are_quoted() -> None:
    for text in (
        "=cmd|' /C calc'!A0",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "＝1",
        "\u00a0=1",
    ):
        (row,) = rows(kept(title=text, note=text))
        assert row["title"] == row["note"] == f"'{text}"


def test_half_a_character_breaks_no_file() -> None:
    (row,) = rows(kept(title="cut \ud83d", note="é"))
    assert (row["title"], row["note"]) == ("cut \\ud83d", "é")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_and_lines_end_as_the_format_says(title: str, note: str) -> None:
    data = USAGE_TABLE.whole([kept(title=title, note=note), kept()])
    table = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    assert [len(row) for row in table] == [len(COLUMNS)] * 3
    found = table[1][COLUMNS.index("title")], table[1][COLUMNS.index("note")]
    assert [cell.removeprefix("'") for cell in found] == [text.removeprefix("'") for text in (title, note)]
    assert data.endswith(b"\r\n")
