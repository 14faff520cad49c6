"""Small models whose curves are fitted to the reference trial, jointly or averaged."""

from __future__ import annotations

import dataclasses

from model.definition import ModelWeight
from tests.helpers.trial_data import curves, trial_model

WEIGHTS = tuple(
    ModelWeight(arm=arm, endpoint="os", distribution=name, weight=weight)
    for arm in ("old", "new")
    for name, weight in (("weibull", 0.25), ("lognormal", 0.75))
)


def averaged():
    pairs = [
        (dataclasses.replace(c, distribution="model_average") if c.endpoint == "os" else c, rows) for c, rows in curves()
    ]
    return trial_model(*pairs, model_weights=WEIGHTS)


def joint(effect: str = "hazard_ratio", distribution: str = "weibull"):
    pairs = [
        (
            dataclasses.replace(
                c, fitted="jointly", reference_arm="old" if c.arm == "new" else None, effect=effect, distribution=distribution
            ),
            rows,
        )
        for c, rows in curves()
    ]
    return trial_model(*pairs)
