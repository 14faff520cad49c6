"""A result column is declared once; data frame, CSV file, sheet, axis and dictionary take their words from it."""

from __future__ import annotations

import pickle
from copy import deepcopy
from pathlib import Path

import pandas as pd
import pytest

import model
from model.cli.csv_file import write_csv
from model.excel.pages.cells import FORMATS
from model.excel.pages.result_tables import cells_of, page_columns
from model.excel.pages.small_book import SmallBook
from model.figures.scales import axis_words
from model.result_columns import (
    KINDS,
    Repeated,
    ResultColumn,
    Table,
    amount,
    column_help,
    data_dictionary,
    number,
    table_of,
    text,
)
from tests.helpers.small_runs import small_definition

NAME = text("fruit", "Fruit", 20, "What is sold")
WEIGHT = number("weight", "Weight, {unit}", "ratio", 12, "Of one piece", "kg")
PRICE = amount("price at {market}", "Price at {market}", 14, "What {market} asks")
GOOD = text("good", "Good", 8, "Is it ripe?")
FRUIT = Table("fruit", "Fruit of two markets", (NAME, WEIGHT, Repeated((PRICE,)), GOOD))
ROWS = [
    {"fruit": "pear", "weight": 0.2, "price at (a+b)": 1.5, "price at c": 2.0, "good": True},
    {"fruit": "plum", "weight": float("nan"), "price at (a+b)": 0.5, "price at c": 1.0, "good": False},
]


class Book(SmallBook):
    """A desk with a currency and nothing else."""

    def __init__(self) -> None:
        self.currency = "USD"


def test_a_frame_has_the_columns_of_its_table_and_knows_it() -> None:
    frame = FRUIT.frame(ROWS)
    assert list(frame) == ["fruit", "weight", "price at (a+b)", "price at c", "good"]
    assert table_of(frame) is FRUIT


@pytest.mark.parametrize("change", [{"fruit": None}, {"weight": None}, {"price at c": None, "colour": 1}, {"colour": 1}])
def test_other_columns_are_refused(change: dict[str, object]) -> None:
    rows = [{k: v for k, v in (row | change).items() if v is not None} for row in ROWS]
    if change == {"price at c": None, "colour": 1}:
        rows = [{k: row[k] for k in ("fruit", "weight", "price at (a+b)", "colour", "good")} for row in rows]
    with pytest.raises(ValueError, match="the table fruit has the columns fruit, weight, price at <market>, good; not"):
        FRUIT.frame(rows)


def test_a_mapping_with_an_unknown_name_is_refused_and_a_missing_value_is_empty() -> None:
    table = Table("plain", "Plain", (NAME, WEIGHT))
    assert table.frame([{"fruit": "pear"}])["weight"].isna().all()
    with pytest.raises(ValueError, match="the table plain has no column colour"):
        table.frame([{"fruit": "pear", "colour": "green"}])


def test_rows_as_tuples_arrays_by_name_and_no_rows_give_the_same_columns() -> None:
    table = Table("plain", "Plain", (NAME, WEIGHT))
    made = [table.frame(rows) for rows in ([("pear", 0.2)], {"fruit": ["pear"], "weight": [0.2]}, [])]
    assert [list(frame) for frame in made] == [["fruit", "weight"]] * 3
    pd.testing.assert_frame_equal(made[0], made[1])


def test_a_named_index_counts_as_first_column() -> None:
    table = Table("plain", "Plain", (NAME, WEIGHT))
    frame = table.checked(pd.DataFrame({"weight": [0.2]}, index=pd.Index(["pear"], name="fruit")))
    assert table_of(frame.reset_index()) is table


def test_what_is_repeated_may_be_missing() -> None:
    assert list(FRUIT.frame([{"fruit": "pear", "weight": 1.0, "good": True}])) == ["fruit", "weight", "good"]


def test_a_sheet_takes_header_unit_format_and_width() -> None:
    columns = page_columns(Book(), [NAME, WEIGHT, PRICE.of(market="c")], first=50)
    assert [(c.header, c.kind, c.width) for c in columns] == [
        ("Fruit", "text", 50),
        ("Weight, kg", "ratio", 12),
        ("Price at c, USD", "money", 14),
    ]


def test_a_sheet_shows_yes_for_what_holds_and_nothing_for_what_is_missing() -> None:
    assert cells_of(FRUIT.frame(ROWS), FRUIT.pick("good", "weight")) == [["yes", 0.2], ["", None]]


def test_without_a_currency_the_header_has_no_unit() -> None:
    assert PRICE.of(market="c").heading() == "Price at c"


def test_a_csv_file_takes_the_names(tmp_path: Path) -> None:
    write_csv(FRUIT.frame(ROWS), tmp_path / "fruit.csv")
    assert (tmp_path / "fruit.csv").read_text().splitlines()[0] == "fruit,weight,price at (a+b),price at c,good"


def test_an_axis_takes_the_words_without_the_unit_and_spells_abbreviations_out() -> None:
    assert axis_words(amount("inmb", "INMB")) == "Incremental net monetary benefit"
    assert axis_words(WEIGHT) == "Weight"


def test_help_names_every_column_of_a_frame_with_its_own_market() -> None:
    found = column_help(FRUIT.frame(ROWS), "USD")
    assert list(found.index) == ["fruit", "weight", "price at (a+b)", "price at c", "good"]
    assert found.loc["price at c"].tolist() == ["Price at c, USD", "USD", "What c asks"]
    assert found.loc["weight", "unit"] == "kg"


def test_help_says_nothing_of_a_frame_without_a_table() -> None:
    assert column_help(pd.DataFrame({"x": [1]})).loc["x"].tolist() == ["", "", ""]


def test_the_dictionary_has_a_row_for_each_declared_column() -> None:
    found = data_dictionary({"market": FRUIT}, "USD").set_index("column")
    assert list(found.index) == ["fruit", "weight", "price at <market>", "good"]
    assert found.loc["price at <market>", ["table", "header", "unit"]].tolist() == ["market", "Price at <market>, USD", "USD"]


def test_effects_go_by_their_unit_in_draws_of_another_program() -> None:
    gain = ResultColumn("gain", "More {effect}s, {unit} each", "{currency} per {effect}", "money", help="Of {effect}s")
    found = data_dictionary({"gains": Table("gains", "Gains", (gain,))}, "EUR", "LY").iloc[0]
    assert found[["header", "unit", "meaning"]].tolist() == ["More LYs, EUR per LY each", "EUR per LY", "Of LYs"]


def test_tables_of_the_model_explain_themselves() -> None:
    base, sampled = model.base_case(small_definition()), model.psa(small_definition(), draws=30)
    tables = [
        base.totals(),
        base.costs(),
        base.pairwise(),
        base.net_benefit(),
        sampled.ceac(),
        sampled.table(),
        sampled.evpi(),
    ]
    for table in tables:
        assert (model.column_help(table, "USD")["meaning"] != "").all()
    assert model.column_help(sampled.ceac()).index[0] == "willingness_to_pay"


def test_a_place_with_a_format_is_a_number() -> None:
    column = ResultColumn("at {limit:g}", "At {limit:,.0f}", help="At a limit")
    assert column.of(limit=50_000.0).name == "at 50000"
    made = column.matched("at 50000")
    assert made is not None and made.heading() == "At 50,000"
    assert column.matched("at") is None and column.matched("at last") is None


def test_a_column_that_a_table_has_not_cannot_be_picked() -> None:
    assert FRUIT.without("weight", "price at {market}") == [NAME, GOOD]
    with pytest.raises(KeyError, match="colour"):
        FRUIT.pick("colour")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"column x: the kind must be one of text, .*, not 'colour'"):
        ResultColumn("x", "X", kind="colour")


def test_sheets_have_a_format_for_every_kind_and_no_other() -> None:
    assert sorted(FORMATS) == sorted(KINDS)


def test_a_frame_keeps_its_table_when_it_is_copied_and_sent_to_another_process() -> None:
    frame = FRUIT.frame(ROWS)
    assert table_of(deepcopy(frame)) is FRUIT
    assert table_of(pickle.loads(pickle.dumps(frame))) == FRUIT
