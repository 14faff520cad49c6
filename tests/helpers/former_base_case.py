"""The US base case as it was when it was measured independently (``tests/reference/coherence.json``), whatever the shipped
workbook's base case is by now: the inputs that its curves and its results come from, set one by one."""

from __future__ import annotations

from functools import cache

from model.analysis import BaseCase, base_case
from model.definition import edit
from model.definition.model_definition import address_of
from model.definition.price_index import costs_with_price_year
from tests.helpers.shipped import shipped

USED = {"control.pfs": ("median", "landmark.48", "landmark.60"), "control.os": ("landmark.36", "landmark.60")}
EFFECTIVE_N = {"control": {"36": 257.0, "48": 177.0, "60": 104.0}, "palbociclib": {"36": 261.0, "48": 180.0, "60": 106.0}}


def former_edits() -> dict[str, object]:
    """The changes that give the former base case."""
    changes: dict[str, object] = {
        "settings.crossing": "cap_pfs",
        "settings.hazard_floor": "yes",
        "settings.hazard_floor_under": "os",
        "settings.horizon_years": 40.0,
        "settings.cycle_days": 7.0,
        "curves.palbociclib.os.source": "relative_effect",
        "curves.palbociclib.os.reference_arm": "control",
        "curves.palbociclib.os.effect": "hazard_ratio",
        "curves.palbociclib.os.distribution": "weibull",
        "relative_effects.palbociclib.os": 0.86,
        "progression.death_share": 0.1,
        "evidence.control.os.median.use": False,
    }
    for arm in ("control", "palbociclib"):
        changes |= {f"curves.{arm}.pfs.source": "evidence", f"curves.{arm}.pfs.distribution": "loglogistic"}
        for endpoint, months in (("pfs", ("48", "60")), ("os", ("36", "60"))):
            for month in months:
                key = f"evidence.{arm}.{endpoint}.landmark.{month}"
                changes |= {f"{key}.effective_n": EFFECTIVE_N[arm][month], f"{key}.use": True}
    changes |= {f"{address_of(t, r)}.price_year": None for t, _, r in costs_with_price_year(shipped("patina_us"))}  # as typed
    return changes | {"curves.control.os.source": "evidence", "curves.control.os.distribution": "weibull"}


@cache
def former_base() -> BaseCase:
    return base_case(edit(shipped("patina_us"), former_edits()))
