"""Definitions that cannot be run are refused with every reason; nothing else is ever raised."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from model.definition import Covariance, DefinitionError, Evidence, ModelDefinition, Parameter, Product, define, validate
from tests.helpers.shipped import without_scenarios
from tests.helpers.small_models import tables_of

US = "patina_us"


def changed(table: str, position: int, **fields: Any) -> ModelDefinition:
    definition = without_scenarios(US)
    rows = list(definition.table(table))
    rows[position] = dataclasses.replace(rows[position], **fields)
    given: dict[str, Any] = {table: tuple(rows)}
    return dataclasses.replace(definition, **given)


def with_parameter(table: str, key: str, **fields: Any) -> ModelDefinition:
    rows = without_scenarios(US).table(table)
    position = next(i for i, r in enumerate(rows) if key in (getattr(r, n) for n in type(r).KEY))
    return changed(table, position, parameter=dataclasses.replace(rows[position].parameter, **fields))


def evidence(statistic: str, **fields: Any) -> ModelDefinition:
    rows = without_scenarios(US).evidence
    position = next(i for i, r in enumerate(rows) if r.statistic == statistic and r.arm == "palbociclib")
    return changed("evidence", position, **fields)


CASES: dict[str, tuple[Callable[[], ModelDefinition], str]] = {
    "a number that is not one": (lambda: with_parameter("utilities", "progression_free", value=float("nan")), "is not"),
    "an infinite cost": (lambda: with_parameter("end_of_life", "terminal_care", value=float("inf")), "is not"),
    "a word for yes": (
        lambda: dataclasses.replace(
            without_scenarios(US),
            settings=dataclasses.replace(without_scenarios(US).settings, hazard_floor="no"),  # type: ignore[arg-type]
        ),
        "yes or no",
    ),
    "half a draw": (
        lambda: dataclasses.replace(
            without_scenarios(US),
            settings=dataclasses.replace(without_scenarios(US).settings, psa_draws=2.5),  # type: ignore[arg-type]
        ),
        "whole number",
    ),
    "a utility above one": (lambda: with_parameter("utilities", "progression_free", value=1.2), "maximum of 1"),
    "a low limit below what is allowed": (
        lambda: with_parameter("event_probabilities", "neutropenia_g3", low=-0.1),
        "below the minimum",
    ),
    "a probability that may exceed one": (
        lambda: with_parameter("progression", "share_treated", distribution="lognormal", standard_error=0.3),
        "would draw values not allowed",
    ),
    "a decrement that may be negative": (
        lambda: with_parameter("utilities", "progressed", distribution="normal", standard_error=0.05),
        "would draw values not allowed",
    ),
    "a dirichlet outside a mix": (
        lambda: with_parameter("progression", "share_treated", distribution="dirichlet", sample_size=20.0),
        "dirichlet is for",
    ),
    "a mix half fixed": (
        lambda: with_parameter("subsequent", "trastuzumab_deruxtecan", distribution="fixed"),
        "all fixed or all dirichlet",
    ),
    "a mix with two sample sizes": (
        lambda: with_parameter("subsequent", "trastuzumab_deruxtecan", sample_size=200.0),
        "have one n",
    ),
    "a hazard ratio of zero": (
        lambda: with_parameter("treatment", "hazard_ratio", value=0.0, low=None, high=None, distribution="fixed"),
        "minimum",
    ),
    "an interval without width": (lambda: evidence("median", lower=44.3, upper=44.3), "lower limit lie below"),
    "a ratio with a limit of zero": (lambda: evidence("hazard_ratio", lower=0.0), "above 0"),
    "two arms of one name": (lambda: changed("arms", 1, label=without_scenarios(US).arms[0].label), "stands twice"),
    "two arms of one short name": (
        lambda: changed("arms", 1, short_label=without_scenarios(US).arms[0].short_label),
        "stands twice",
    ),
    "two drugs of one name": (lambda: changed("drugs", 1, label=without_scenarios(US).drugs[0].label), "stands twice"),
    "vials far smaller than the dose": (
        lambda: dataclasses.replace(
            without_scenarios(US),
            products=(
                *without_scenarios(US).products,
                *(
                    Product(
                        drug="trastuzumab",
                        product=f"v{c}",
                        contents=c,
                        parameter=Parameter(value=1.0, unit="USD", source="assumption", notes="x"),
                    )
                    for c in (3.0, 5.0, 7.0)
                ),
            ),
        ),
        "too many ways",
    ),
    "one day named twice": (lambda: changed("drugs", 0, dose_days="1, 1"), "names a day twice"),
    "a hazard ratio to itself": (
        lambda: dataclasses.replace(
            evidence("hazard_ratio", use=True),
            curves=tuple(
                dataclasses.replace(c, reference_arm=c.arm) if c.arm == "palbociclib" else c
                for c in without_scenarios(US).curves
            ),
        ),
        "reference arm",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_nonsense_is_refused_in_words(name: str) -> None:
    make, words = CASES[name]
    messages = [p.message for p in validate(make())]
    assert any(words in m for m in messages), messages


def test_hazard_ratios_to_calibrate_to_cannot_go_round_in_a_circle() -> None:
    definition = evidence("hazard_ratio", use=True)
    back = Evidence(
        arm="control",
        endpoint="pfs",
        statistic="hazard_ratio",
        item="53.5",
        value=1.33,
        lower=1.0,
        upper=1.7,
        source="assumption",
    )
    curves = tuple(
        dataclasses.replace(c, reference_arm="control" if c.arm == "palbociclib" else "palbociclib")
        for c in definition.curves
    )
    circular = dataclasses.replace(definition, evidence=(*definition.evidence, back), curves=curves)
    assert any("reference arm" in p.message for p in validate(circular))


def test_a_covariance_that_contradicts_itself_is_refused() -> None:
    from tests.helpers.small_models import model, own_curve

    curves = [own_curve(a, e, "weibull", shape=1.1, scale=50.0) for a in ("old", "new") for e in ("pfs", "os")]
    rows = tuple(
        Covariance(arm="old", endpoint="pfs", first=i, second=j, value=v)
        for i, j, v in (
            ("shape", "shape", 0.01),
            ("scale", "scale", 0.01),
            ("shape", "scale", 0.001),
            ("scale", "shape", 0.002),
        )
    )
    with pytest.raises(DefinitionError, match="twice with different values"):
        model(curves, covariance=rows)


def test_define_lists_every_problem_at_once() -> None:
    definition = with_parameter("utilities", "progression_free", value=1.2)
    rows = list(definition.drugs)
    rows[0] = dataclasses.replace(rows[0], dose_days="40")
    tables = tables_of(definition)
    with pytest.raises(DefinitionError) as error:
        define(**{**tables, "drugs": tuple(rows)})
    assert len(error.value.problems) >= 2


def test_a_label_that_stands_twice_is_refused_at_the_second() -> None:
    """Columns and rows of the results are told apart by the labels of the arms."""
    import dataclasses

    from tests.helpers.small_models import ARMS, model, uncertain_curves

    twin = dataclasses.replace(ARMS[1], label=ARMS[0].label)
    with pytest.raises(DefinitionError) as caught:
        model(uncertain_curves(), arms=(ARMS[0], twin))
    assert [(p.table, p.position, p.field) for p in caught.value.problems] == [("arms", 1, "label")]
    assert f"'{ARMS[0].label}' stands twice" in str(caught.value)
