"""Curves that the data do not determine: refused by default, allowed by a setting, out of averages, said in scenarios."""

from __future__ import annotations

import csv
import dataclasses
from functools import cache
from typing import Any

import pytest

from model.analysis import base_case, psa, scenarios
from model.analysis.sampled.curves_against_base_case import curve_warnings
from model.definition import Covariance, Curve, ModelDefinition, ModelWeight, PatientRecord, curve_coefficients, edit
from model.definition.curves.coefficients import average_of
from model.definition.curves.determined import judged
from model.definition.problems import DefinitionError
from model.definition.records.documentation import ScenarioChange
from tests.helpers.shipped import without_scenarios
from tests.helpers.small_models import fixed, model, own_curve, settings
from tests.helpers.trial_data import REFERENCE, patient_records

OPEN = "generalised_gamma"


@cache
def records() -> tuple[PatientRecord, ...]:
    """OS of the 150 patients of the immature trial."""
    with (REFERENCE / "immature_os.csv").open() as file:
        rows = list(csv.DictReader(file))
    return tuple(
        PatientRecord(arm="old", endpoint="os", patient=f"p{i}", time=float(r["time"]), event=int(r["event"]))
        for i, r in enumerate(rows)
    )


def fitted_os(records: tuple[PatientRecord, ...], distribution: str, cure: str = "none", **tables: Any) -> ModelDefinition:
    """OS of the old arm fitted to patients; the other curves are known."""
    fitted = Curve(arm="old", endpoint="os", source="patient_data", distribution=distribution, cure=cure)
    known = [own_curve(*key, "exponential", rate=0.03) for key in (("old", "pfs"), ("new", "pfs"), ("new", "os"))]
    return model([(fitted, []), *known], patient_data=records, **tables)


def immature(distribution: str, **tables: Any) -> ModelDefinition:
    return fitted_os(records(), distribution, **tables)


def allowed(**more: Any) -> Any:
    return settings(undetermined_curves="allow", **more)


def test_a_curve_that_is_not_identified_is_refused_with_its_name_and_the_setting():
    with pytest.raises(DefinitionError) as caught:
        immature(OPEN)
    problem = caught.value.problems[0]
    assert (problem.table, problem.position, problem.field) == ("curves", 0, "distribution")
    for words in ("os curve of arm 'old'", "sigma is not identified", "'Curves the data do not determine'"):
        assert words in problem.message
    with pytest.raises(DefinitionError, match="not identified"):
        edit(immature("weibull"), {"curves.old.os.distribution": OPEN})


def test_a_user_who_insists_gets_the_curve_and_a_warning_with_every_summary():
    definition = immature(OPEN, settings=allowed())
    sampled = psa(definition, draws=200, seed=1)
    assert "Warning: The OS curve of Old is not identified: sigma is not identified" in sampled.summary()
    text = sampled.summary(sampled.curves_against_base_case)
    assert "more than 0.04 from the base case for 1 of 4" in text and "OS of Old at month" in text


def test_an_average_leaves_out_what_the_data_do_not_determine():
    rows = tuple(ModelWeight(arm="old", endpoint="os", distribution=n) for n in ("weibull", "exponential", OPEN))
    definition = immature("model_average", model_weights=rows)
    weights = average_of(definition, definition.curve("old", "os"))
    assert set(weights) == {"weibull", "exponential"}
    assert sum(weights.values()) == pytest.approx(1)


def test_a_scenario_may_take_such_a_curve_and_says_so():
    change = ScenarioChange(id="open", label="Open", input="curves.old.os.distribution", value=OPEN)
    definition = immature("weibull", scenarios=(change,))
    table = scenarios(definition).table().set_index("scenario")
    assert "The OS curve of Old is not identified" in table.loc["open", "warning"]
    assert table.loc["base", "warning"] == ""


def test_the_older_refusal_of_workbooks_without_the_setting_is_the_default():
    assert settings().undetermined_curves == "refuse"


def typed_cure(error: float) -> ModelDefinition:
    """OS of the old arm: a mixture cure model with typed coefficients and the standard error of its logit."""
    curve, rows = own_curve("old", "os", "weibull", cure_fraction=0.2, shape=1.2, scale=30.0)
    curve = dataclasses.replace(curve, cure="mixture")
    covariance = [("cure_fraction", error**2), ("shape", 0.01), ("scale", 0.01)]
    return model(
        [
            (curve, rows),
            own_curve("old", "pfs", "exponential", rate=0.05),
            own_curve("new", "pfs", "exponential", rate=0.05),
            own_curve("new", "os", "exponential", rate=0.03),
        ],
        covariance=tuple(Covariance(arm="old", endpoint="os", first=n, second=n, value=v) for n, v in covariance),
    )


def test_typed_coefficients_are_judged_by_their_covariance():
    typed_cure(0.3)
    with pytest.raises(DefinitionError, match=r"the cure fraction is not identified: its 95% interval is 0\.00 to 1\.00"):
        typed_cure(6.6)


def test_a_cure_fraction_at_0_varies_under_both_ways_of_drawing_curves():
    rows = tuple(r for r in patient_records() if (r.arm, r.endpoint) == ("old", "os"))
    base = fitted_os(rows, "exponential", "mixture", settings=settings(bootstrap_resamples=100))
    for method in ("normal", "bootstrap"):
        definition = edit(base, {"settings.curve_uncertainty": method})
        curve = definition.curve("old", "os")
        assert curve_coefficients(definition, curve).natural[0] < 2e-4
        drawn = psa(definition, draws=200, seed=3).draws["curves.old.os"]
        assert drawn[:, 0].max() > 0.05, method


def test_refits_of_resampled_patients_that_fail_are_told():
    definition = immature(OPEN, settings=allowed(curve_uncertainty="bootstrap", bootstrap_resamples=100))
    assert judged(definition, definition.curve("old", "os")).problem


def test_a_curve_without_uncertainty_or_of_another_arm_is_not_judged():
    definition = model(
        [
            own_curve(arm, endpoint, "exponential", rate=fixed(0.03).value)
            for arm in ("old", "new")
            for endpoint in ("pfs", "os")
        ]
    )
    assert all(judged(definition, c).determined for c in definition.curves)
    assert isinstance(definition.curves[0], Curve)
    assert "within 0.04 of the base case for all 4" in psa(definition, draws=2, seed=1).curves_against_base_case.sentence()
    assert base_case(definition).incremental_qalys == 0


def few_patients(after: str, **more: Any) -> ModelDefinition:
    """PATINA by states, with OS as known as from 5 patients."""
    definition = without_scenarios("patina_us")
    rows = tuple(
        dataclasses.replace(e, effective_n=5.0) if (e.endpoint, e.statistic) == ("os", "landmark") else e
        for e in definition.evidence
    )
    changes = {"settings.structure": "state_transition", "settings.after_progression": after}
    return edit(dataclasses.replace(definition, evidence=rows), changes | more)


def test_survival_after_progression_is_judged_by_the_os_that_it_leads_to():
    with pytest.raises(DefinitionError) as caught:
        few_patients("lognormal")
    problem = caught.value.problems[0]
    assert (problem.table, problem.field) == ("curves", "distribution")
    for words in ("survival after progression of arm 'control' (lognormal) is not identified", "mean of the drawn curves"):
        assert words in problem.message
    open_one = few_patients("lognormal", **{"settings.undetermined_curves": "allow"})
    assert curve_warnings(open_one).lines[0].startswith("Warning: The OS curve of Control is not identified: at month")
    assert curve_warnings(few_patients("weibull")).lines == []


def test_where_each_draw_takes_a_structure_both_are_judged():
    """OS of so few patients is open in partitioned survival too, and is told of either."""
    mixed = {"settings.structure": "partitioned_survival", "settings.state_transition_probability": 0.5}
    lines = curve_warnings(few_patients("lognormal", **mixed, **{"settings.undetermined_curves": "allow"})).lines
    assert len({line for line in lines if "OS curve of Control" in line}) == 2
