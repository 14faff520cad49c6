"""Coefficients as programs print them, through an input workbook: read as written, and told by cell where they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import model
from tests.helpers.typed_models import covariance_of, printed_curve, typed_model
from tests.hostile.parts import STRINGS, Parts

NAMES = ["(Intercept)", "Log(scale)"]


def definition() -> model.ModelDefinition:
    curves = [
        printed_curve("old", "pfs", "weibull", "survreg", "days", {"(Intercept)": 6.5, "Log(scale)": -0.1}),
        printed_curve("old", "os", "gompertz", "streg", "years", {"_cons": -1.8, "/gamma": 0.05}),
        printed_curve("new", "pfs", "lognormal", "lifelines", "weeks", {"mu_": 4.9, "sigma_": 1.1}),
        printed_curve("new", "os", "exponential", "lifereg", "months", {"Intercept": 4.4}),
    ]
    return typed_model(*curves, covariance=tuple(covariance_of("old", "pfs", NAMES, [[0.01, 0.001], [0.001, 0.02]])))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("printed") / "printed.xlsx"
    model.write_inputs(definition(), path)
    return path


def changed(written: Path, path: Path, old: str, new: str) -> Path:
    """The workbook with one text replaced, wherever it stands as a whole cell: on the sheet Survival."""
    book = Parts.of(written)
    book.replace(STRINGS, f"<t>{old}</t>", f"<t>{new}</t>")
    book.save(path)
    return path


def test_what_is_written_is_read(written: Path) -> None:
    read, given = model.read_inputs(written), definition()
    assert [(c.parametrisation, c.time_unit) for c in read.curves] == [(c.parametrisation, c.time_unit) for c in given.curves]
    assert [(c.coefficient, c.parameter.value) for c in read.coefficients] == [
        (c.coefficient, c.parameter.value) for c in given.coefficients
    ]
    assert read.covariance == given.covariance


def test_a_slip_in_a_name_is_told_at_its_cell(written: Path, tmp_path: Path) -> None:
    with pytest.raises(model.InputError) as error:
        model.read_inputs(changed(written, tmp_path / "slip.xlsx", "/gamma", "gama"))
    assert "Survival!" in str(error.value)
    assert "'gama' is no coefficient of a gompertz curve of streg; did you mean '/gamma'?" in str(error.value)


def test_a_slip_in_a_program_is_told_with_the_one_meant(written: Path, tmp_path: Path) -> None:
    with pytest.raises(model.InputError, match="did you mean 'lifelines'") as error:
        model.read_inputs(changed(written, tmp_path / "program.xlsx", "lifelines", "Lifeline"))
    assert len(str(error.value).splitlines()) <= 2


def test_a_family_that_the_program_has_not_is_told_at_the_program(written: Path, tmp_path: Path) -> None:
    with pytest.raises(model.InputError, match="survreg prints no gompertz distribution; it has exponential, weibull"):
        model.read_inputs(changed(written, tmp_path / "family.xlsx", "streg", "survreg"))
