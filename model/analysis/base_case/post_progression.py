"""What a partitioned-survival model implies about patients after progression, read from its trace."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.analysis.columns.base_case import IMPLIED_MORTALITY
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import base_case_draws
from model.engine.subsequent import alive_share
from model.engine.trace import Trace

FEWEST_PROGRESSED = 1e-3  # share of patients below which a mortality of the progressed says nothing


def implied_after_progression(definition: ModelDefinition, trace: Trace) -> tuple[float, ...]:
    """The columns of ``POST_PROGRESSION`` after the first, for one arm; nan where there is none.

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
        *_against_population(trace, alive),
    )


def implied_mortality(definition: ModelDefinition, trace: Trace) -> pd.DataFrame:
    """Yearly death rates of one arm over time: progressed, progression-free, general population (nan without a life
    table); of the progressed while at least 0.1% of the patients are in that state. Months are middles of cycles."""
    alive = float(alive_share(definition, trace.arm)(base_case_draws(definition))[0])
    return _mortality(trace, alive)


def _mortality(trace: Trace, alive: float) -> pd.DataFrame:
    c = trace.columns
    years = np.diff(c["Years"])
    progressing = c["Progressing"][1:]
    free, progressed = ((c[k][1:] + c[k][:-1]) / 2 for k in ("Progression-free", "Progressed"))
    deaths_free = -np.diff(c["PFS"]) - alive * progressing
    deaths_progressed = -np.diff(c["OS"]) - deaths_free
    population = c.get("General population")
    with np.errstate(divide="ignore", invalid="ignore"):
        return IMPLIED_MORTALITY.frame(
            {
                "month": (c["Months"][1:] + c["Months"][:-1]) / 2,
                "progressed": np.where(progressed >= FEWEST_PROGRESSED, deaths_progressed / (progressed * years), np.nan),
                "progression_free": np.where(free >= FEWEST_PROGRESSED, deaths_free / (free * years), np.nan),
                "general_population": np.full(len(years), np.nan)
                if population is None
                else -np.diff(np.log(np.maximum(population, 1e-300))) / years,
                "share_progressed": progressed,
            }
        )


def _against_population(trace: Trace, alive: float) -> tuple[float, float]:
    """Mean death rate of the general population over the time spent progressed, and the months in which the implied
    mortality of the progressed lies below it (check P7 of a partitioned-survival model)."""
    table = _mortality(trace, alive)
    if table["general_population"].isna().all():
        return float("nan"), float("nan")
    known = table["progressed"].notna()
    weight = table["share_progressed"][known]
    rate = float((table["general_population"][known] * weight).sum() / weight.sum()) if weight.sum() > 0 else np.nan
    below = known & (table["progressed"] < table["general_population"] * (1 - 1e-9))
    return rate, float(below.sum() * np.diff(trace.columns["Months"])[0])


def _life_table_binds(columns: dict[str, np.ndarray]) -> float:
    """First month in which the hazard floor lifts the hazard of death, nan if it never does."""
    lifted = columns["OS of the curve"] - columns["OS after hazard floor"] > 1e-12
    return float(columns["Months"][np.argmax(lifted)]) if lifted.any() else float("nan")
