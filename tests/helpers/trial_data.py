"""A decision problem whose curves come from the synthetic trial of tests/reference/ipd.csv."""

from __future__ import annotations

import csv
import dataclasses
from functools import cache
from pathlib import Path
from typing import Any

from model.definition import (
    Curve,
    DigitisedCurveSource,
    DigitisedPoint,
    LifeTableRow,
    ModelDefinition,
    NumberAtRisk,
    PatientRecord,
)
from tests.helpers.small_models import model, settings

REFERENCE = Path(__file__).parents[1] / "reference"
ARMS = {"control": "old", "intervention": "new"}


@cache
def patient_records() -> tuple[PatientRecord, ...]:
    """PFS and OS of the 518 synthetic patients."""
    with (REFERENCE / "ipd.csv").open() as file:
        rows = list(csv.DictReader(file))
    return tuple(
        PatientRecord(
            arm=ARMS[row["arm"]],
            endpoint=endpoint,
            patient=f"p{number:03d}",
            time=float(row[f"{endpoint}_time"]),
            event=int(row[f"{endpoint}_event"]),
        )
        for endpoint in ("pfs", "os")
        for number, row in enumerate(rows)
    )


@cache
def digitised_tables() -> dict[str, tuple[Any, ...]]:
    """The noisy clicks on their Kaplan-Meier curves."""
    with (REFERENCE / "digitised_km.csv").open() as file:
        points = tuple(
            DigitisedPoint(arm=ARMS[r["arm"]], endpoint=r["endpoint"], time=float(r["time"]), survival=float(r["survival"]))
            for r in csv.DictReader(file)
        )
    with (REFERENCE / "numbers_at_risk.csv").open() as file:
        rows = list(csv.DictReader(file))
    risks = tuple(
        NumberAtRisk(arm=ARMS[r["arm"]], endpoint=r["endpoint"], time=float(r["time"]), n_risk=int(r["n_risk"]))
        for r in rows
        if r["time"] != "total_events"
    )
    sources = tuple(
        DigitisedCurveSource(arm=ARMS[r["arm"]], endpoint=r["endpoint"], total_events=int(r["n_risk"]))
        for r in rows
        if r["time"] == "total_events"
    )
    return {"digitised": points, "numbers_at_risk": risks, "digitised_sources": sources}


def life_table() -> tuple[LifeTableRow, ...]:
    """A made-up life table: yearly probability of death 0.0005 exp(0.09 (age - 30))."""
    return tuple(LifeTableRow(age=a, qx_female=min(1.0, 0.0005 * 2.718281828 ** (0.09 * (a - 30)))) for a in range(18, 111))


def curves(source: str = "patient_data", distribution: str = "weibull", **changes: Any) -> list[Any]:
    """PFS and OS of both arms from the same source; ``changes`` for every curve."""
    return [
        (Curve(arm=arm, endpoint=endpoint, source=source, distribution=distribution, **changes), [])
        for arm in ("old", "new")
        for endpoint in ("pfs", "os")
    ]


def trial_model(*pairs: Any, **tables: Any) -> ModelDefinition:
    """A small model on the trial's patient data; without pairs all curves are Weibull fits."""
    given: dict[str, Any] = {"patient_data": patient_records(), "life_table": life_table()}
    return model(list(pairs) or curves(), **{**given, **tables})


def with_settings(definition: ModelDefinition, **changes: Any) -> ModelDefinition:
    """The definition with other settings."""
    return dataclasses.replace(definition, settings=settings(**changes))
