"""What a public function returns is one line at a prompt, and a title with a short table and words in a notebook."""

from __future__ import annotations

import dataclasses
import html
import inspect
import pickle
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import model
from model import survival
from model.analysis import PSA, BaseCase, decision, price_analyses, psa_summary, sensitivity, value_of_information
from model.analysis.change_log import change_log
from model.definition import base_case_draws, candidates, curve_coefficients
from model.shown import LONGEST, MOST_ROWS, Shown, View

LARGEST_PAGE = 8000
"""Characters of a notebook's cell."""
SMALL = model.example()


@cache
def base() -> BaseCase:
    return model.base_case(SMALL)


@cache
def psa() -> PSA:
    return model.psa(SMALL, draws=64)


@cache
def patients() -> survival.SurvivalData:
    time = np.random.default_rng(1).exponential(10.0, 60)
    return survival.survival_data(np.minimum(time, 15.0), time < 15.0)


RESULTS: dict[str, Callable[[], Any]] = {
    "definition": lambda: SMALL,
    "base case": base,
    "coherence": lambda: base().coherence(),
    "outcomes": lambda: psa().outcomes,
    "account": lambda: psa().outcomes.costs,
    "draws": lambda: psa().draws,
    "trace": lambda: model.trace(SMALL, "new"),
    "psa": psa,
    "drawn curves": lambda: psa().curves_against_base_case,
    "scenarios": lambda: model.scenarios(SMALL),
    "subgroups": lambda: model.subgroups(SMALL),
    "weighted mean": lambda: model.subgroups(SMALL).weighted_mean(),
    "one-way": lambda: model.one_way(SMALL),
    "two-way": lambda: model.two_way(SMALL, "relative_effects.new.os", "utilities.progressed"),
    "switching values": lambda: model.switching_values(SMALL, ["relative_effects.new.os"])[0],
    "budget": lambda: model.budget_impact(SMALL),
    "price probability": lambda: model.price_probability(psa(), "care.new_drug"),
    "value-based prices": lambda: model.value_based_prices(SMALL),
    "Sobol": lambda: model.sobol(SMALL, 128),
    "Morris": lambda: model.morris(SMALL, 4),
    "sensitivity": lambda: sensitivity(model.one_way(SMALL), psa(), 128),
    "ranking": lambda: model.rank_inputs(model.one_way(SMALL), model.sobol(SMALL, 128), psa()),
    "verification": lambda: model.verify_model(SMALL, draws=100),
    "change log": lambda: change_log(SMALL, model.edit(SMALL, {"care.new_drug": 800})),
    "draws of another program": lambda: psa_summary(
        psa().outcomes.total_costs, psa().outcomes.total_qalys, ["old", "new"], [50_000]
    ),
    "coefficients": lambda: curve_coefficients(SMALL, SMALL.curves[0]),
    "patients": patients,
    "Kaplan-Meier": lambda: survival.kaplan_meier(patients()),
    "hazard": lambda: survival.smoothed_hazard(patients()),
    "fit": lambda: survival.fit_data(patients(), "weibull"),
    "joint fit": lambda: survival.fit_joint({"a": patients(), "b": patients()}, "a", "weibull", "hazard_ratio"),
    "Cox": lambda: survival.cox_hazard_ratio(patients(), patients()),
    "test of proportional hazards": lambda: survival.proportional_hazards_test(patients(), patients()),
    "calibration": lambda: survival.calibrate(
        survival.distribution("weibull"), [survival.Median(10, 8, 12), survival.Landmark(12, 0.4, effective_n=100)]
    ),
    "life table": lambda: survival.LifeTable(np.arange(50), np.full(50, 0.01)),
    "clicks": lambda: survival.clean_clicks([0.0, 5.0, 10.0], [1.0, 0.8, 0.5]),
    "precision": lambda: model.psa_until(SMALL, model.analysis.Tolerance(), most=2000)[1],
    "interval of the ICER": lambda: decision.icer_interval(psa().incremental_costs, psa().incremental_qalys),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_a_line_and_a_short_page(name: str) -> None:
    result = RESULTS[name]()
    line, page = repr(result), result._repr_html_()
    assert line == str(result) and "\n" not in line and len(line) <= LONGEST + 2
    assert line.startswith(f"<{type(result).__name__}") and line.endswith(">")
    assert html.escape(result.view().title) in page and len(page) < LARGEST_PAGE
    assert page.count("<tr>") <= MOST_ROWS + 1
    assert all(html.escape(words) in page for words in result.view().words)


def test_the_conclusion_stands_on_the_page_of_the_base_case() -> None:
    assert f"<p>{html.escape(base().conclusion())}</p>" in base()._repr_html_()
    assert "<td" in base()._repr_html_() and SMALL.about.title in repr(base())


def test_words_of_a_model_are_no_markup() -> None:
    about = dataclasses.replace(SMALL.about, title="<script>alert('x')</script> & more")
    page = model.base_case(dataclasses.replace(SMALL, about=about))._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_what_is_not_shown_is_counted() -> None:
    view = View("Long", [f"c{i}" for i in range(11)], [range(11)] * 20, rest="table()")
    assert "8 more rows and 2 more columns: table()" in view.html()
    assert "no rows" in View("None", ["a"], []).html()


def test_a_result_is_the_same_after_pickling() -> None:
    assert repr(pickle.loads(pickle.dumps(base()))) == repr(base())


def returned(kind: Any) -> Iterator[type]:
    """The classes that a return type names."""
    if isinstance(kind, type) and not typing.get_args(kind):
        yield kind
    for part in typing.get_args(kind):
        yield from returned(part)


ROOMS = (model, model.analysis, model.survival, decision)
PUBLIC = {f"{room.__name__}.{name}": getattr(room, name) for room in ROOMS for name in room.__all__}


@pytest.mark.parametrize("name", [name for name, thing in PUBLIC.items() if inspect.isfunction(thing)])
def test_every_dataclass_that_a_public_function_returns_shows_itself(name: str) -> None:
    kinds = returned(typing.get_type_hints(PUBLIC[name]).get("return"))
    bare = [k.__name__ for k in kinds if dataclasses.is_dataclass(k) and k.__module__.startswith("model.")]
    assert [kind for kind in bare if kind not in shown_names()] == []


@cache
def shown_names() -> frozenset[str]:
    def below(kind: type) -> Iterator[str]:
        yield kind.__name__
        for other in kind.__subclasses__():
            yield from below(other)

    return frozenset(below(Shown))


def test_tables_are_data_frames_and_values_of_information_too() -> None:
    found = value_of_information(model.psa(SMALL, draws=400))
    assert found is not None and isinstance(found.groups, pd.DataFrame)
    assert "EVPPI" in found._repr_html_() and price_analyses(base()) is None
    assert repr(candidates(SMALL, SMALL.curves[0])) and repr(base_case_draws(SMALL)).startswith("<Draws: 1 draws")
