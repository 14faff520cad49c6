"""The US model with the curves of its first base case, by which the figures of an independent replication were made."""

from __future__ import annotations

from model.definition import ModelDefinition, edit
from tests.helpers.shipped import shipped

EFFECTIVE_NUMBERS = {
    "control.pfs.landmark.48": 177.0,
    "control.pfs.landmark.60": 104.0,
    "palbociclib.pfs.landmark.48": 180.0,
    "palbociclib.pfs.landmark.60": 106.0,
    "control.os.landmark.36": 257.0,
    "control.os.landmark.60": 104.0,
}
CURVES = {
    "control.pfs": ("evidence", "loglogistic"),
    "palbociclib.pfs": ("evidence", "loglogistic"),
    "control.os": ("evidence", "weibull"),
    "palbociclib.os": ("relative_effect", "weibull"),
}


def first_base_case() -> ModelDefinition:
    """Log-logistic PFS, Weibull OS of the control arm without its reported median, hazard ratio 0.86 for life."""
    changes: dict[str, object] = {"settings.crossing": "cap_pfs", "evidence.control.os.median.use": False}
    changes |= {f"evidence.{k}.effective_n": n for k, n in EFFECTIVE_NUMBERS.items()}
    for curve, (source, name) in CURVES.items():
        changes |= {f"curves.{curve}.source": source, f"curves.{curve}.distribution": name}
    return edit(shipped("patina_us"), changes | {"relative_effects.palbociclib.os": 0.86})
