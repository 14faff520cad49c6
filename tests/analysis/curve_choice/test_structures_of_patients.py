"""Structures on the same patients. Oracles: psm3mkv's fits of each transition (tests/reference/structures.json); and that the
likelihood of a state-transition model is that of its three curves together."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pytest

from model.analysis.curve_choice import EndpointFits, all_tables, analyse_endpoint
from model.analysis.curve_choice.structures import structure_table, structures_of, transition_table
from model.cli import main
from model.survival import survival_data
from tests.helpers.reference_trial import ARMS, REFERENCE, rows

TRANSITIONS = {
    "ttp": "Time to progression",
    "ppd": "Death before progression",
    "pps_cf": "Survival after progression, time from the start",
    "pps_cr": "Survival after progression, time from progression",
}
CLOCKS = {"State transition, clock forward": "pps_cf", "State transition, clock reset": "pps_cr"}


def of_trial(endpoint: str, names: bool = True) -> EndpointFits:
    data = {}
    for arm in ARMS:
        mine = [r for r in rows() if r["arm"] == arm]
        order = mine if endpoint == "pfs" else mine[::-1]  # ids tie the endpoints together, not the order of rows
        ids = tuple(str(mine.index(r)) for r in order) if names else None
        columns = ([float(r[f"{endpoint}_{what}"]) for r in order] for what in ("time", "event"))
        data[arm] = survival_data(*columns, patient=ids)
    return analyse_endpoint(endpoint, endpoint.upper(), data, 240.0, names=("exponential",), joint_names=())


@cache
def endpoints() -> tuple[EndpointFits, EndpointFits]:
    return of_trial("pfs"), of_trial("os")


def test_each_transition_is_fitted_as_well_as_by_another_program() -> None:
    table = transition_table(structures_of(endpoints())).set_index(["arm", "transition", "label"])["log_likelihood"]
    reference = json.loads((REFERENCE / "structures.json").read_text())
    families = {"exp": "Exponential", "weibullPH": "Weibull", "llogis": "Log-logistic", "lnorm": "Log-normal"}
    compared = 0
    for arm in ARMS:
        for fit in reference[arm]["fits"]:
            if fit["endpoint"] in TRANSITIONS and fit["dist"] in families:
                ours = table.loc[(arm, TRANSITIONS[fit["endpoint"]], families[fit["dist"]])]
                assert ours > fit["loglik"] - 1e-4
                compared += 1
    assert compared == len(ARMS) * len(TRANSITIONS) * len(families)


def test_a_state_transition_model_is_as_likely_as_its_three_curves_together() -> None:
    found = structures_of(endpoints())
    fits, structures = transition_table(found), structure_table(found).set_index(["arm", "structure"])
    used = fits[fits["used"]].set_index(["arm", "transition"])["log_likelihood"]
    for arm in ARMS:
        for structure, after in CLOCKS.items():
            parts = sum(used.loc[(arm, TRANSITIONS[name])] for name in ("ttp", "ppd", after))
            row = structures.loc[(arm, structure)]
            assert row["log_likelihood"] == pytest.approx(parts, abs=1e-6)
            assert row["aic"] == pytest.approx(2 * row["parameters"] - 2 * row["log_likelihood"])


def test_the_families_of_a_structure_are_those_of_lowest_aic() -> None:
    fits = transition_table(structures_of(endpoints()))
    for _, part in fits.groupby(["arm", "transition"]):
        assert part.loc[part["used"], "aic"].to_list() == [part["aic"].min()]


def test_patients_who_cannot_be_tied_together_are_not_compared() -> None:
    assert structures_of((of_trial("pfs", names=False), of_trial("os"))) == ()
    assert structures_of(endpoints()[:1]) == ()
    assert not {"structures", "transitions"} & set(all_tables(endpoints()[:1]))


def _write(path: Path, header: str, *lines: str) -> Path:
    path.write_text("\n".join((header, *lines)) + "\n")
    return path


def test_a_file_with_one_row_per_patient_gives_the_structures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = ("arm", "pfs_time", "pfs_event", "os_time", "os_event")
    lines = [",".join(r[c] for c in header) for r in rows() if r["arm"] == ARMS[0]]
    path = _write(tmp_path / "trial.csv", ",".join(header), *lines)
    assert main(["fit", str(path), "--no-figures", "--out", str(tmp_path / "out")]) == 0
    assert "Structures on the same patients" in capsys.readouterr().out
    with (tmp_path / "out/tables/structures.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 4


def test_a_patient_who_dies_before_the_end_of_pfs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"a,P{i},{i + 1},1,{i + 4},{i % 2}" for i in range(30)]
    path = _write(tmp_path / "trial.csv", "arm,patient,pfs_time,pfs_event,os_time,os_event", *lines, "a,P99,40,0,30,1")
    assert main(["fit", str(path), "--no-figures", "--out", str(tmp_path / "out")]) == 0
    assert "not compared, patient P99: survival ends before PFS" in capsys.readouterr().out
