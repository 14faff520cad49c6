"""The sentences of the workbook, recalculated: word for word Python's, in every situation. Oracle: formualizer."""

from __future__ import annotations

from typing import Any

import pytest

from model.analysis import base_case
from model.analysis.prices.switching_price import switching_prices
from model.definition import ModelDefinition, edit
from tests.helpers.recalculated import Recalculated
from tests.helpers.situation_books import book_of
from tests.helpers.situations import FOUR, PRICED, THREE, TWO, Situation

ANSWER_ROW, ANSWER_COLUMN = 4, 1


def answer(shown: Recalculated) -> str:
    return str(shown.sheet("Answer", ANSWER_ROW + 1, ANSWER_COLUMN + 1)[ANSWER_ROW][ANSWER_COLUMN])


def rows_below(shown: Recalculated, title: str, columns: int = 12, sheet: str = "Results") -> list[list[Any]]:
    """The rows of a table, without its header."""
    rows = shown.sheet(sheet, 400, columns)
    start = next(i for i, row in enumerate(rows) if row[0] == title)
    body = rows[start + 1 :]
    header = next(i for i, row in enumerate(body) if row[1] is not None and not str(row[1]).startswith("["))
    last = next(i for i, row in enumerate(body[header:]) if row[0] is None)
    return body[header + 1 : header + last]


@pytest.mark.parametrize("group", [TWO, THREE, FOUR], ids=["two", "three", "four"])
def test_the_answer_of_the_workbook_is_pythons(group: dict[str, Situation]) -> None:
    for name, situation in group.items():
        shown = book_of(len(situation.rates))
        with shown.with_inputs(situation.changes()):
            definition = situation.definition()
            base = base_case(definition)
            assert answer(shown) == base.conclusion(), name
            statuses = {row[0]: row[6] for row in rows_below(shown, "Fully incremental comparison")}
            table = base.incremental()
            assert statuses == dict(zip(table["option"], table["status"], strict=True)), name
            preferred = [row[len(definition.arms) + 1] for row in rows_below(shown, "Best of all options", sheet="Workings")]
            short = {arm.label: arm.short_label for arm in definition.arms}
            assert preferred == [short[label] for label in base.net_benefit()["preferred"]], name
            assert failed_decision_checks(shown) == 0.0, name


def failed_decision_checks(shown: Recalculated) -> float:
    """The checks that fail but for those that only compare with the run."""
    rows = shown.sheet("Checks", 80, 8)
    wanted = [row for row in rows if row[0] in ("R22", "R23")]
    assert len(wanted) == 2
    return float(sum("fail" in " ".join(str(v).lower() for v in row) for row in wanted))


def expected_words(definition: ModelDefinition, threshold: float) -> tuple[float | None, str]:
    found = switching_prices(definition, [threshold])
    limits, today = found.limits(0, threshold), found.priced[0].first
    names = [arm.short_label for arm in definition.arms]
    if not limits.exists:
        return (None, f"all other prices unchanged: even at zero, the better option is {names[limits.rival]}")
    if limits.best_today:
        return today * limits.highest, "cost-effective today"
    return (today * limits.highest, "a lower price is needed" if limits.highest < 1 else "a higher price is needed")


@pytest.mark.parametrize("name", PRICED)
@pytest.mark.parametrize("price", [1_000.0, 40_000.0])
def test_the_prices_of_the_workbook_are_pythons(name: str, price: float) -> None:
    situation = PRICED[name]
    shown = book_of(len(situation.rates), situation.shares)
    changes = {**situation.changes(), "products.pill.pack": price}
    definition = edit(situation.definition(), {"products.pill.pack": price})
    with shown.with_inputs(changes):
        assert answer(shown) == base_case(definition).conclusion()
        rows = rows_below(shown, "Price at which the decision changes")
        assert len(rows) == 3
        for row in rows:
            highest, words = expected_words(definition, float(row[1]))
            assert words in row[7]
            if highest is not None:
                assert row[3] == pytest.approx(highest, rel=1e-9)


def test_another_intervention_chosen_in_the_workbook_is_concluded_about() -> None:
    situation = THREE["each is the best somewhere"]
    shown = book_of(3)
    with shown.with_inputs({**situation.changes(), "settings.intervention": "third"}):
        turned = edit(situation.definition(), {"settings.intervention": "third"})
        assert answer(shown) == base_case(turned).conclusion()
