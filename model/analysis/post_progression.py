"""What a partitioned-survival model implies about patients after progression, read from its trace."""

from __future__ import annotations

import numpy as np

from model.definition.draws import base_case_draws
from model.definition.model_definition import ModelDefinition
from model.engine.subsequent import alive_share
from model.engine.trace import Trace

AFTER_PROGRESSION = (
    "progressed_alive",
    "mean_years_progressed",
    "death_rate_progressed",
    "death_rate_progression_free",
    "cycles_with_negative_implied_deaths",
    "last_month_negative",
    "smallest_implied_deaths",
    "life_table_binds_from_month",
)


def implied_after_progression(definition: ModelDefinition, trace: Trace) -> tuple[float, ...]:
    """The figures named in ``AFTER_PROGRESSION`` for one arm; nan where there is none.

    Deaths among PFS events are their share (the death share) of the events; the other deaths are those of progressed
    patients.
    """
    c = trace.columns
    alive = float(alive_share(definition, trace.arm)(base_case_draws(definition))[0])
    cycle = float(c["Years"][1] - c["Years"][0])
    leaving, deaths = -np.diff(c["PFS"]), -np.diff(c["OS"])
    progressing = c["Progressing"][1:]
    deaths_free = leaving - alive * progressing
    deaths_progressed = deaths - deaths_free
    negative = deaths_progressed < -1e-12
    years_free, years_progressed = (
        float(np.sum((c[k][1:] + c[k][:-1]) / 2) * cycle) for k in ("Progression-free", "Progressed")
    )
    progressed = alive * float(progressing.sum())
    bound = _life_table_binds(c)
    return (
        progressed,
        years_progressed / progressed if progressed > 0 else np.nan,
        float(deaths_progressed.sum()) / years_progressed if years_progressed > 0 else np.nan,
        float(deaths_free.sum()) / years_free if years_free > 0 else np.nan,
        int(negative.sum()),
        float(c["Months"][1:][negative][-1]) if negative.any() else np.nan,
        float(deaths_progressed.min()),
        bound,
    )


def _life_table_binds(columns: dict[str, np.ndarray]) -> float:
    """First month in which the hazard floor lifts the hazard of death, nan if it never does."""
    lifted = columns["OS of the curve"] - columns["OS after hazard floor"] > 1e-12
    return float(columns["Months"][np.argmax(lifted)]) if lifted.any() else float("nan")
