"""In how many draws of a probabilistic analysis each flag is raised."""

from __future__ import annotations

import pandas as pd

from model.analysis.columns.coherence import OF_DRAWS
from model.definition.model_definition import ModelDefinition
from model.engine.outcomes import Outcomes


def share_of_draws(definition: ModelDefinition, outcomes: Outcomes) -> pd.DataFrame:
    """Per arm and flag the share of the draws in which it is raised.

    Draws are looked at in the cycles of :func:`model.engine.coherence.draw_cycles`, about one a year up to year 20; what
    lasts for less than that may be missed.
    """
    shares = outcomes.flags.mean(axis=0)
    rows = [
        (definition.arm(arm).short_label, flag, float(shares[a, f]))
        for a, arm in enumerate(outcomes.arms)
        for f, flag in enumerate(outcomes.flag_names)
    ]
    return OF_DRAWS.frame(rows)
