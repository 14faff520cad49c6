"""What the table of trial and model says that a statistic was used for. Oracle: the sources of the shipped curves."""

from __future__ import annotations

import pandas as pd
import pytest

from model.analysis.base_case.against_evidence import external_in_words, published_analyses, trial_against_model, verdict
from tests.helpers.shipped import shipped, shipped_base


def test_a_curve_that_is_a_hazard_ratio_is_not_calibrated_to_its_own_landmarks() -> None:
    """Palbociclib's OS is the control's with a hazard ratio; its reported landmarks are evidence that was not used."""
    definition = shipped("patina_us")
    curve = definition.curve("palbociclib", "os")
    assert curve is not None and curve.source == "relative_effect"
    table = trial_against_model(shipped_base("patina_us"))
    arm = definition.arm("palbociclib").short_label
    rows = table[(table["arm"] == arm) & (table["endpoint"].str.lower().str.contains("overall"))]
    assert len(rows) and not rows["calibrated_to"].any()
    assert rows.loc[rows["statistic"] == "landmark", "used_as"].eq("not used: the curve is a hazard ratio on Control").all()


def test_statistics_of_a_calibrated_curve_are_said_to_be_calibrated_to_where_they_are_used() -> None:
    definition = shipped("patina_us")
    table = trial_against_model(shipped_base("patina_us"))
    arm = definition.arm("control").short_label
    rows = table[(table["arm"] == arm) & (table["endpoint"].str.lower().str.contains("overall"))]
    used = [e.use for e in definition.evidence if (e.arm, e.endpoint) == ("control", "os") and e.statistic != "prior"]
    assert rows["calibrated_to"].tolist() == used
    assert set(rows.loc[rows["calibrated_to"], "used_as"]) == {"calibrated to"}
    assert set(rows.loc[~rows["calibrated_to"], "used_as"]) <= {"shown only"}


def test_a_verdict_says_inside_above_or_below_the_interval_and_what_is_missing_of_it() -> None:
    nan = float("nan")
    assert verdict(10.0, 9.0, 8.0, 12.0) == "inside the interval" == verdict(8.0, 9.0, 8.0, 12.0)
    assert verdict(12.1, 9.0, 8.0, 12.0) == "above the interval"
    assert verdict(7.9, 9.0, 8.0, 12.0) == "below the interval"
    assert verdict(50.0, 41.8, 37.7, None) == "not below; no upper limit reported"
    assert verdict(30.0, 41.8, 37.7, nan) == "below the interval"
    assert verdict(9.5, 9.0, None, None) == "no interval: model above the figure"
    assert verdict(8.5, 9.0, nan, nan) == "no interval: model below the figure"
    assert verdict(nan, 9.0, 8.0, 12.0) == "no value of the model"
    assert verdict(0.45, 0.5, None, None, "not_reached") == "below the interval"  # survival was still above a half


def test_external_figures_are_counted_by_verdict() -> None:
    """CLEOPATRA (two figures) and PERUSE (two) report both limits; all four lie below the model's values."""
    words = external_in_words(shipped_base("patina_us"))
    assert words.startswith("Of 14 external figures the model lies inside the reported interval of 0, above that of 4")
    assert words.endswith("10 have no interval with both limits.")


def test_published_analyses_stand_beside_this_one_and_are_not_converted() -> None:
    """Durkee 2016: +0.64 QALY at 713,219 USD per QALY; the ratio to an ICER in another currency is not told."""
    base = shipped_base("patina_us")
    rows = published_analyses(base).set_index("study")
    durkee = rows.loc["Durkee 2016"]
    assert durkee["price_year"] == "2014" and "pertuzumab" in durkee["compared"]
    assert durkee["qalys_ratio"] == pytest.approx(0.64 / base.incremental_qalys)
    assert durkee["icer_ratio"] == pytest.approx(713219 / (base.icer or 0))
    swiss = published_analyses(shipped_base("patina_england")).set_index("study").loc["Matter-Walstra 2016"]
    assert swiss["currency"] == "CHF" and pd.isna(swiss["icer_ratio"])
