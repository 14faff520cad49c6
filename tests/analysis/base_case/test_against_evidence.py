"""What the table of trial and model says that a statistic was used for. Oracle: the sources of the shipped curves."""

from __future__ import annotations

from model.analysis.base_case.against_evidence import trial_against_model
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
