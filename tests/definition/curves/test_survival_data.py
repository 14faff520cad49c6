"""Curves from data: what is wrong is said once, at the sheet and cell where it stands; and --set switches candidates."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from model.definition import Coefficient, DefinitionError, ModelWeight, NumberAtRisk, PatientRecord, define, edit
from model.definition.checks.remarks import remarks
from model.definition.curves.from_data import reconstruction
from model.definition.validation import validate
from model.excel import InputError, layout_of, read_inputs, write_inputs
from tests.helpers.edited_workbooks import write_copy
from tests.helpers.small_models import fixed, own_curve, settings, tables_of
from tests.helpers.trial_data import curves, digitised_tables, patient_records, trial_model


def problems(definition, **changes) -> list[str]:
    """Messages of a definition with some tables replaced, as table row field: message."""
    tables = tables_of(definition)
    with pytest.raises(DefinitionError) as caught:
        define(**{**tables, **changes})
    return [str(p) for p in caught.value.problems]


def with_curves(definition, **changes):
    return tuple(dataclasses.replace(c, **changes) for c in definition.curves)


def replaced(rows, position, **changes):
    return (*rows[:position], dataclasses.replace(rows[position], **changes), *rows[position + 1 :])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"time": -2.0}, "-2 is not above 0"),
        ({"event": 3}, "3 is above the maximum of 1"),
        ({"entry": 500.0}, "is not below the time"),
        ({"weight": 0.0}, "0 is below the minimum of 1e-06"),
    ],
)
def test_a_bad_patient_record_is_one_message(changes, message):
    found = problems(trial_model(), patient_data=replaced(patient_records(), 6, **changes))
    assert len(found) == 1
    assert found[0].startswith("patient_data, row 7")
    assert message in found[0]


def test_a_patient_may_stand_once_per_endpoint():
    rows = patient_records()
    found = problems(trial_model(), patient_data=(*rows, rows[3]))
    assert len(found) == 1
    assert "stands twice" in found[0]


def test_an_arm_without_events_is_named():
    rows = tuple(dataclasses.replace(r, event=0) if (r.arm, r.endpoint) == ("old", "os") else r for r in patient_records())
    found = problems(trial_model(), patient_data=rows)
    assert len(found) == 1
    assert "arm 'old' has no event of os" in found[0]


def test_fewer_events_than_parameters_is_said_at_the_selector():
    few = tuple(PatientRecord(arm="old", endpoint="os", patient=f"q{i}", time=5.0 + i, event=int(i < 2)) for i in range(9))
    rows = (*(r for r in patient_records() if (r.arm, r.endpoint) != ("old", "os")), *few)
    found = problems(trial_model(), patient_data=rows, curves=with_curves(trial_model(), distribution="spline_odds_2"))
    assert found == ["curves, row 2, distribution: spline_odds_2 could not be fitted: 2 events cannot determine 4 parameters"]


def test_a_curve_without_data_says_which_sheet():
    rows = tuple(r for r in patient_records() if (r.arm, r.endpoint) != ("new", "pfs"))
    found = problems(trial_model(), patient_data=rows)
    assert found == ["curves, row 3, source: the sheet Patient data has no row of arm 'new', endpoint 'pfs'"]


def digitised_model():
    return trial_model(*curves("digitised"), patient_data=(), **digitised_tables())


def test_a_digitised_curve_must_start_at_one():
    points = digitised_tables()["digitised"]
    rows = tuple(p for p in points if (p.arm, p.endpoint) != ("old", "pfs") or p.time > 20)
    found = problems(digitised_model(), digitised=rows)
    assert len(found) == 1
    assert "the curve starts at 0.6" in found[0]
    assert "(arm 'old', endpoint 'pfs')" in found[0]


def test_both_corners_of_a_step_may_stand_at_one_time():
    points = digitised_tables()["digitised"]
    step = dataclasses.replace(points[5], survival=points[4].survival)
    made = dataclasses.replace(digitised_model(), digitised=(*points[:5], step, *points[5:]))
    assert not validate(made)
    assert "both corners of a step" in " ".join(reconstruction(made, made.curves[0]).notes)


def test_a_risk_table_that_cannot_belong_to_the_curve_is_refused_at_its_row():
    """All still at risk after half a year, where survival is 0.9."""
    rows = replaced(digitised_tables()["numbers_at_risk"], 1, n_risk=257)
    found = problems(digitised_model(), numbers_at_risk=replaced(rows, 2, n_risk=257))
    assert len(found) == 1
    assert "numbers_at_risk, row 2, n_risk: 257 at risk at time 6 cannot belong to this curve" in found[0]


def test_numbers_at_risk_must_not_rise():
    rows = replaced(digitised_tables()["numbers_at_risk"], 2, n_risk=250)
    found = problems(digitised_model(), numbers_at_risk=rows)
    assert found[0].startswith("numbers_at_risk, row 3, n_risk")
    assert "rises from 227 at 6 months to 250 at 12 months" in found[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cut_points": "12; 6", "distribution": "piecewise_exponential"}, "cut points must be months above 0 that rise"),
        ({"distribution": "piecewise_exponential"}, "needs at least one"),
        ({"km_until": 200.0}, "must end before the follow-up"),
        ({"waning_start": 60.0, "waning": "exponential", "reference_arm": "old"}, "needs both a start and an end"),
        ({"fitted": "jointly"}, "exactly one has no reference arm"),
    ],
)
def test_options_that_do_not_fit_are_refused(changes, message):
    found = problems(trial_model(), curves=with_curves(trial_model(), **changes))
    assert any(message in line for line in found)


def test_weights_of_a_model_average_sum_to_one():
    weights = tuple(
        ModelWeight(arm=a, endpoint="os", distribution=d, weight=0.4) for a in ("old", "new") for d in ("weibull", "gamma")
    )
    changed = tuple(
        dataclasses.replace(c, distribution="model_average") if c.endpoint == "os" else c for c in trial_model().curves
    )
    found = problems(trial_model(), curves=changed, model_weights=weights)
    assert any("must sum to 1, not 0.8" in line for line in found)


def test_coefficients_of_several_candidates_stand_side_by_side():
    """The selector of a curve from typed coefficients switches between the candidates that were typed."""
    curve, rows = own_curve("old", "pfs", "weibull", shape=1.2, scale=30.0)
    more = [
        Coefficient(arm="old", endpoint="pfs", candidate="spline_hazard_1", coefficient=name, parameter=fixed(value))
        for name, value in (
            ("knot0", 1.0),
            ("knot1", 20.0),
            ("knot2", 80.0),
            ("gamma0", -4.0),
            ("gamma1", 1.1),
            ("gamma2", 0.0),
        )
    ]
    pairs = [(curve, [*rows, *more]), *(p for p in curves() if p[0] != curve and (p[0].arm, p[0].endpoint) != ("old", "pfs"))]
    definition = trial_model(*pairs)
    switched = edit(definition, {"curves.old.pfs.distribution": "spline_hazard_1"})
    from model.definition import curve_coefficients

    spline = curve_coefficients(switched, switched.curve("old", "pfs"))
    assert spline.family.survival(36.0, spline.natural) == pytest.approx(np.exp(-np.exp(-4.0 + 1.1 * np.log(36.0))))


def test_a_spline_without_knots_says_so():
    found = problems(
        trial_model(),
        curves=tuple(
            dataclasses.replace(c, source="coefficients", distribution="spline_odds_1") if c.arm == "old" else c
            for c in trial_model().curves
        ),
    )
    assert any("needs its knots in months: knot0, knot1, knot2 missing" in line for line in found)


# ---- the workbook ----


def test_data_survive_the_workbook_and_a_bad_cell_has_an_address(tmp_path: Path):
    definition = trial_model(settings=settings(horizon_years=10.0), patient_data=patient_records()[::4])
    path = tmp_path / "m.xlsx"
    write_inputs(definition, path)
    assert read_inputs(path) == definition
    table = layout_of(definition).tables["patient_data"]
    place = table.cell(4, "event")
    cells = [("Patient data", place.a1, 7), ("Patient data", table.cell(8, "time").a1, -1)]
    write_copy(path.read_bytes(), path, cells)
    with pytest.raises(InputError) as caught:
        read_inputs(path)
    lines = [str(p) for p in caught.value.problems]
    assert len(lines) == 2
    assert lines[0].startswith(f"Patient data!{place.a1} 'Event'")
    assert "7 is above the maximum of 1" in lines[0]
    assert "-1 is not above 0" in lines[1]


def test_numbers_at_risk_that_rise_are_reported_by_cell(tmp_path: Path):
    definition = digitised_model()
    path = tmp_path / "m.xlsx"
    write_inputs(definition, path)
    place = layout_of(definition).tables["numbers_at_risk"].cell(2, "n_risk")
    write_copy(path.read_bytes(), path, [("Digitised curves", place.a1, 251)])
    with pytest.raises(InputError, match=f"Digitised curves!{place.a1} 'At risk'.*rises from 227"):
        read_inputs(path)


def test_a_number_at_risk_record_has_arm_endpoint_and_time_as_its_key():
    assert NumberAtRisk.KEY == ("arm", "endpoint", "time")


def test_a_total_of_events_that_the_curve_cannot_hold_is_a_remark_at_its_row() -> None:
    """Of a curve that falls to 0.2 with all at risk known, 3 events cannot be all; the model runs and says so."""
    sources = digitised_tables()["digitised_sources"]
    made = dataclasses.replace(digitised_model(), digitised_sources=replaced(sources, 0, total_events=3))
    told = [r for r in remarks(made) if r.table == "digitised_sources"]
    assert [(r.position, r.field) for r in told] == [(0, "total_events")]
    assert not [r for r in remarks(digitised_model()) if r.table == "digitised_sources"]
