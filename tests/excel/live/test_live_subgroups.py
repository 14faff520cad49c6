"""A subgroup shown runs through the live sheets, alone and with a scenario applied to it; the mean follows the shares typed.

Oracle: formualizer, an independent engine that knows only the file, beside Python's calculation of the same inputs.
"""

from __future__ import annotations

import pytest

from model.analysis import base_case, psa, scenarios, subgroups
from model.analysis.agreement import allowed_difference
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import ModelDefinition, Subgroup, SubgroupChange, define
from model.definition.editing import edit_for_scenario
from model.excel import read_inputs
from tests.helpers.output_models import Written, three_arms
from tests.helpers.output_models import _written as written_as
from tests.helpers.recalculated import Recalculated, differences
from tests.helpers.small_models import tables_of

SHEET = "Subgroup results"


def grouped() -> ModelDefinition:
    """Three arms; a group like the whole, one with other inputs, one with another horizon, which scenario 1 sets too."""
    definition = three_arms()
    tables = tables_of(definition)
    tables["subgroups"] = (
        Subgroup(id="whole", label="As all", share=0.5),
        Subgroup(id="poor", label="Poor prognosis", share=0.3),
        Subgroup(id="long", label="Looked at longer", share=0.2),
    )
    tables["subgroup_changes"] = (
        SubgroupChange(subgroup="poor", input="coefficients.old.os.scale", value=35.0),
        SubgroupChange(subgroup="poor", input="utilities.progressed.value", value=0.4),
        SubgroupChange(subgroup="long", input="settings.horizon_years", value=18.0),
        SubgroupChange(subgroup="long", input="curves.new.os.waning_start", value=24.0),
        SubgroupChange(subgroup="long", input="curves.new.os.waning_end", value=60.0),
    )
    return define(**tables)


@pytest.fixture(scope="module")
def written() -> Written:
    definition = grouped()
    return written_as(
        "subgroups",
        {
            "base": base_case(definition),
            "scenarios": scenarios(definition),
            "subgroups": subgroups(definition),
            "psa": psa(definition, 20, 1),
        },
    )


@pytest.fixture(scope="module")
def book(written: Written) -> Recalculated:
    return Recalculated(written.path, written.definition)


def wrong(book: Recalculated, *changes: dict[str, object]) -> dict[str, object]:
    """What the workbook shows and Python does not find with the changes, applied one after the other."""
    together = {address: value for change in changes for address, value in change.items()}
    edited = edit_for_scenario(book.definition, together)
    return differences(named_outputs(base_case(edited)), book.results(), allowed_difference(edited))


def test_each_subgroup_shown_is_pythons_and_checks_hold(book: Recalculated) -> None:
    for number, changes in enumerate(book.definition.changes_in_subgroups().values(), start=1):
        with book.showing(subgroup=number):
            assert wrong(book, changes) == {}
            assert book.value("checks_failed") == 0.0
            assert str(book.value("run_differs")) == f"subgroup {number} is shown"
    assert differences(book.python, book.results(), allowed_difference(book.definition)) == {}


def test_a_subgroup_without_changes_shown_is_the_base_case_to_the_last_digit(book: Recalculated) -> None:
    with book.showing(subgroup=1):
        assert book.results() == book.base


def test_the_subgroup_comes_first_and_the_scenario_on_it(book: Recalculated) -> None:
    """Both set the horizon in the third subgroup: the scenario's counts."""
    groups, cases = (list(c.values()) for c in (book.definition.changes_in_subgroups(), book.definition.scenario_changes()))
    for group, case in ((2, 1), (3, 1)):
        with book.showing(subgroup=group, scenario=case):
            assert wrong(book, groups[group - 1], cases[case - 1]) == {}
            assert str(book.value("run_differs")) == f"subgroup {group} is shown, scenario {case} is shown"
            assert book.value("checks_failed") == 0.0


def test_an_edited_value_of_a_subgroup_is_followed(book: Recalculated) -> None:
    edits = {"subgroup_changes.poor.utilities.progressed.value.value": 0.2}
    with book.with_inputs(edits), book.showing(subgroup=2):
        changes = {**book.definition.changes_in_subgroups()["poor"], "utilities.progressed.value": 0.2}
        assert wrong(book, changes) == {}


def rows_of_means(book: Recalculated) -> dict[str, list[object]]:
    """The rows of the comparison by their first cell."""
    rows = book.sheet(SHEET, 14, 12)
    return {str(row[0]): row for row in rows if row[1] is not None or str(row[0]).startswith("Mean of")}


def test_the_mean_follows_the_shares_and_these_must_sum_to_one(book: Recalculated) -> None:
    stored = {row["id"]: row for _, row in subgroups(book.definition).table().iterrows()}
    ids = {"As all": "whole", "Poor prognosis": "poor", "Looked at longer": "long"}
    for shares in ((0.5, 0.3, 0.2), (0.1, 0.1, 0.8)):
        edits = {f"subgroups.{name}.share": share for name, share in zip(ids.values(), shares, strict=True)}
        with book.with_inputs(edits):
            rows = rows_of_means(book)
            mean = next(row for label, row in rows.items() if label.startswith("Mean of"))
            cost, qalys = (
                sum(share * float(stored[name][column]) for name, share in zip(ids.values(), shares, strict=True))
                for column in ("incremental_cost", "incremental_qalys")
            )
            assert float(mean[3]) == pytest.approx(cost, rel=1e-9)  # type: ignore[arg-type]
            assert float(mean[5]) == pytest.approx(qalys, rel=1e-9)  # type: ignore[arg-type]
            assert float(mean[6]) == pytest.approx(cost / qalys, rel=1e-9)  # type: ignore[arg-type]
            assert book.value("checks_failed") == 0.0
    with book.with_inputs({"subgroups.whole.share": 0.6}):
        assert book.value("checks_failed")


def test_the_output_workbook_is_read_back_with_its_subgroups(written: Written) -> None:
    read = read_inputs(written.path)
    assert (read.subgroups, read.subgroup_changes) == (written.definition.subgroups, written.definition.subgroup_changes)
