"""The synthetic trial of tests/reference/ipd.csv and what flexsurv 2.3.2, survival 3.5-3 (R) say of it."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

from model.survival import SurvivalData, survival_data

REFERENCE = Path(__file__).parents[1] / "reference"
ARMS = ("control", "intervention")
ENDPOINTS = ("pfs", "os")
FLEXSURV_NAMES = {"exponential": "exp", "loglogistic": "llogis", "lognormal": "lnorm", "generalised_gamma": "gengamma"}


@cache
def flexsurv() -> dict:
    return json.loads((REFERENCE / "flexsurv.json").read_text(encoding="utf-8"))["fits"]


@cache
def parametrisations() -> dict:
    """Fits as survreg and as flexsurv print them, by endpoint, arm, distribution and program."""
    return json.loads((REFERENCE / "parametrisations.json").read_text(encoding="utf-8"))


@cache
def rows() -> tuple[dict[str, str], ...]:
    with (REFERENCE / "ipd.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


@cache
def trial(endpoint: str, arm: str) -> SurvivalData:
    mine = [(i, r) for i, r in enumerate(rows()) if r["arm"] == arm]
    return survival_data(
        [float(r[f"{endpoint}_time"]) for _, r in mine],
        [int(r[f"{endpoint}_event"]) for _, r in mine],
        patient=tuple(f"p{i:03d}" for i, _ in mine),
    )


def reference_fit(endpoint: str, arm: str, name: str) -> dict | None:
    return flexsurv().get(f"{endpoint}|{arm}|{FLEXSURV_NAMES.get(name, name)}")
