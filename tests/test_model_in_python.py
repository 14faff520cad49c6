"""A model made in Python alone: the README's example against its closed form, and what is said of records that are wrong."""

from __future__ import annotations

import dataclasses
import inspect
import math
import pickle
from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import model
from model import records
from model.definition import TABLES, ModelDefinition
from tests.helpers.documents import blocks_of
from tests.helpers.shipped import ROOT
from tests.helpers.small_models import tables_of

SMALL = model.example()


@pytest.fixture(scope="module")
def of_readme() -> dict[str, Any]:
    """The names that the README's example of a model in Python leaves behind."""
    (block,) = (block.text for block in blocks_of(ROOT / "README.md") if "model.define(" in block.text)
    names: dict[str, Any] = {}
    exec(block, names)
    return names


def discounted_years(rate: float, months: int = 240) -> float:
    """Years under an exponential curve with a monthly rate, at 3% a year: the trapezoids of a geometric series."""
    q = math.exp(-rate) * 1.03 ** (-1 / 12)
    return (1 + q) / 2 * (1 - q**months) / (1 - q) / 12


def test_the_readmes_model_has_the_totals_of_its_closed_form(of_readme: Mapping[str, Any]) -> None:
    base = of_readme["base"]
    free = [discounted_years(0.08), discounted_years(0.08 * 0.6)]
    alive = [discounted_years(0.04), discounted_years(0.04 * 0.75)]
    for arm, monthly in enumerate((0.0, 900.0)):
        progressed = alive[arm] - free[arm]
        assert base.total_life_years[arm] == pytest.approx(alive[arm], rel=1e-12)
        assert base.total_qalys[arm] == pytest.approx(0.8 * free[arm] + 0.6 * progressed, rel=1e-12)
        assert base.total_costs[arm] == pytest.approx(12 * (monthly * free[arm] + 500.0 * progressed), rel=1e-12)


def test_define_has_an_argument_for_every_table_with_its_records() -> None:
    """A new table: its argument in ``definition/defining.py``, its class in ``definition/records/__init__.py``."""
    asked, fields = get_type_hints(model.define), get_type_hints(ModelDefinition)
    assert asked.pop("return") is ModelDefinition and list(asked) == list(fields)
    for name, record in TABLES.items():
        assert get_origin(asked[name]) is Sequence and get_args(asked[name]) == (record,), name
        assert getattr(records, record.__name__) is record
    defaults = {f.name: f.default for f in dataclasses.fields(ModelDefinition) if f.name in TABLES}
    assert {n: p.default for n, p in inspect.signature(model.define).parameters.items() if n in TABLES} == defaults
    assert all(p.kind is p.KEYWORD_ONLY for p in inspect.signature(model.define).parameters.values())


def test_lists_and_tuples_make_the_same_definition() -> None:
    as_lists = {n: list(v) if n in TABLES else v for n, v in tables_of(SMALL).items()}
    assert model.define(**as_lists) == SMALL


def said(**changes: Any) -> list[str]:
    """The lines of the error that some tables of the small example make."""
    with pytest.raises(model.DefinitionError) as raised:
        model.define(**{**tables_of(SMALL), **changes})
    lines = str(raised.value).splitlines()
    assert len(lines) == len(raised.value.problems)
    assert pickle.loads(pickle.dumps(raised.value)).lines == lines
    return lines


def test_every_problem_is_told_by_table_position_and_field() -> None:
    utilities = [
        dataclasses.replace(SMALL.utilities[0], parameter=records.Parameter(1.2)),
        dataclasses.replace(SMALL.utilities[1], parameter=records.Parameter(0.6, distribution="beta")),
    ]
    curves = [dataclasses.replace(SMALL.curves[0], distribution="weibul"), *SMALL.curves[1:]]
    settings = dataclasses.replace(SMALL.settings, cycle_days=0.0, hazard_floor="no")
    assert said(utilities=utilities, curves=curves, settings=settings)[:3] == [
        "settings.cycle_days: 0 is below the minimum of 1",
        "settings.hazard_floor: 'no' is not True or False",
        "curves[0].distribution (Curve 'old', 'pfs'): 'weibul' is not allowed; it must be "
        + records.fields_of(records.Curve)["distribution"].partition(":")[0]
        + "; did you mean 'weibull'?",
    ]
    assert said(utilities=utilities) == [
        "utilities[0].parameter.value (Utility 'progression_free'): 1.2 is above the maximum of 1",
        "utilities[1].parameter.distribution (Utility 'progressed'): a beta distribution needs SE or n",
    ]


def test_what_is_missing_is_told_of_the_table() -> None:
    assert "curves: arm 'new' has no os curve" in said(curves=SMALL.curves[:3])


def test_no_sheet_is_named() -> None:
    known = [records.Reference(id="trial", citation="A trial")]
    wrong = records.PopulationItem(item="start_age", parameter=records.Parameter(60.0, source="trail"))
    (line,) = said(references=known, population=[wrong, SMALL.population[1]])
    assert line == (
        "population[0].parameter.source (PopulationItem 'start_age'): there is no reference 'trail' in the table 'references'"
    )
    data = [dataclasses.replace(c, source="patient_data") if c.arm == "old" else c for c in SMALL.curves]
    lines = said(curves=data)
    assert "curves[0].source (Curve 'old', 'pfs'): the table 'patient_data' has no row of arm 'old', endpoint 'pfs'" in lines
    assert not [line for line in lines if "sheet" in line]


def test_what_is_no_record_is_told_with_what_to_write() -> None:
    bare = dataclasses.replace(SMALL.utilities[1], parameter=0.6)
    wrong = dataclasses.replace(SMALL.care[0], frequency="daily")
    *kinds, daily = said(
        about=None,
        arms=SMALL.arms[0],
        utilities=[SMALL.utilities[0], bare],
        curves="all",
        drugs=[SMALL.arms[0]],
        care=[wrong],
    )
    assert kinds == [
        "about: must be an About, not None",
        "arms: must be a list of Arm records, not an Arm; put it into a list",
        "curves: must be a list of Curve records, not a str",
        "utilities[1].parameter (Utility 'progressed'): must be a Parameter, not a float; write Parameter(0.6)",
        "drugs[0] (Arm 'old'): must be a Drug, not an Arm",
    ]
    assert daily.startswith("care[0].frequency (Care 'new_drug'): 'daily' is not allowed; it must be one of per_month, ")


def test_every_field_of_every_record_is_described() -> None:
    for record in (*TABLES.values(), records.About, records.Settings):
        words = records.fields_of(record)
        assert set(words) == {field.name for field in dataclasses.fields(record)} and all(words.values())
    with pytest.raises(TypeError, match="int is no record"):
        records.fields_of(int)


def test_the_examples_are_listed_and_read() -> None:
    assert next(iter(model.examples())) == "small" and all(model.examples().values())
    assert sorted(name for name in model.examples() if name != "small") == sorted(
        path.stem for path in (ROOT / "inputs").rglob("*.xlsx")
    )
    with pytest.raises(ValueError, match=r"there is no example 'patina'; there are small, patina_us, "):
        model.example("patina")
