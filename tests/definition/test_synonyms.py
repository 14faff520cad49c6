"""Capitals, hyphens and other programs' names are answered with the word that is meant."""

from __future__ import annotations

import pytest

from model.definition import DefinitionError, edit
from model.definition.records.columns import columns_of
from model.definition.records.curves import Curve, Evidence
from model.definition.records.settings import Settings
from model.definition.synonyms import SYNONYMS
from tests.helpers.small_models import published_example_a

DISTRIBUTION = columns_of(Curve)["distribution"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Weibull", "weibull"),
        ("WEIBULL", "weibull"),
        ("weibul", "weibull"),
        ("exp", "exponential"),
        ("log-normal", "lognormal"),
        ("Log Normal", "lognormal"),
        ("lnorm", "lognormal"),
        ("llogis", "loglogistic"),
        ("log-logistic", "loglogistic"),
        ("gen. gamma", "generalised_gamma"),
        ("generalized gamma", "generalised_gamma"),
        ("gengamma", "generalised_gamma"),
        ("Gompertz", "gompertz"),
        ("\uff37eibull", "weibull"),
    ],
)
def test_a_family_by_another_name_is_answered_with_ours(typed: str, meant: str) -> None:
    message = DISTRIBUTION.problem_with(typed)
    assert message is not None and message.endswith(f"; did you mean '{meant}'?")


def test_a_word_like_none_of_them_is_answered_with_the_list_alone() -> None:
    message = DISTRIBUTION.problem_with("zzz")
    assert message is not None and "did you mean" not in message and "weibull" in message


@pytest.mark.parametrize(("typed", "meant"), [("OS", "os"), ("Overall survival", "os"), ("PFS", "pfs"), ("Drug A", "drug_a")])
def test_an_id_is_answered_as_ids_are_written(typed: str, meant: str) -> None:
    message = columns_of(Evidence)["endpoint"].problem_with(typed)
    assert message is not None and message.endswith(f"; did you mean '{meant}'?")


def test_the_command_line_and_scenarios_answer_likewise() -> None:
    curve = "curves.comparator.pfs" if "comparator" in published_example_a().arm_ids else ""
    arm = published_example_a().curves[0]
    address = f"{curve or f'curves.{arm.arm}.{arm.endpoint}'}.distribution"
    with pytest.raises(DefinitionError, match="did you mean 'lognormal'"):
        edit(published_example_a(), {address: "LogNormal"})
    with pytest.raises(DefinitionError, match=r"did you mean 'settings.horizon_years'"):
        edit(published_example_a(), {"Settings.Horizon_Years": 3})


@pytest.mark.parametrize("currency", ['US"D', '"&HYPERLINK("x")&"', "a currency in many words", "US\nD"])
def test_a_currency_that_would_end_a_text_inside_a_formula_is_refused(currency: str) -> None:
    with pytest.raises(DefinitionError, match="is no code or sign of a currency"):
        edit(published_example_a(), {"settings.currency": currency})


@pytest.mark.parametrize("currency", ["USD", "EUR", "\u20ac", "2023 USD", "int. $"])
def test_codes_and_signs_of_currencies_are_taken(currency: str) -> None:
    assert edit(published_example_a(), {"settings.currency": currency}).settings.currency == currency


def test_every_word_that_is_meant_is_one_that_some_cell_takes() -> None:
    from model.excel.inputs.schema import TABLE_SPECS

    taken = {"pfs", "os", "yes", "no"} | {c for col in columns_of(Settings).values() for c in col.choices}
    for spec in TABLE_SPECS.values():
        taken |= {choice for c in spec.columns for choice in c.column.choices}
    assert set(SYNONYMS) <= taken
