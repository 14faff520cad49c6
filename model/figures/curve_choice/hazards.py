"""The hazard without a distribution beside the hazards of the candidates and of the general population."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from model.analysis.curve_choice.endpoint import EndpointFits
from model.figures.curve_choice.common import candidate_label, chosen_of, legend_of, look_of, panels
from model.figures.curves import POPULATION_LINE
from model.figures.frame import finished
from model.figures.scales import time_axis
from model.figures.style import INK, in_house_style
from model.survival.smoothed_hazard import smoothed_hazard


@in_house_style
def hazards(endpoint: EndpointFits, source: str) -> Figure:
    """Smoothed hazard with 95% band, and every candidate's hazard, per 1,000 patients and month."""
    note = (
        "Black: kernel-smoothed Nelson-Aalen (Epanechnikov, reflected at both ends) with pointwise 95% limits, while at "
        "least 10 are at risk. A candidate should follow its shape, not each of its turns."
    )
    until = endpoint.follow_up
    figure, axes = panels(endpoint, f"{endpoint.label}: observed hazard and candidates", source, note, sharey=True)
    top = 0.0
    for axis, arm in zip(axes, endpoint.arms, strict=True):
        at = np.linspace(0.5, until, 200)
        for name, fit in arm.usable.items():
            look = look_of(name, name == chosen_of(arm))
            axis.plot(at, 1000 * endpoint.hazard(fit, at), label=candidate_label(arm, name, fit), **look)
        if arm.data.n_events:
            smooth = smoothed_hazard(arm.data)
            axis.fill_between(smooth.times, 1000 * smooth.lower, 1000 * smooth.upper, color=INK, alpha=0.10, linewidth=0)
            axis.plot(smooth.times, 1000 * smooth.hazard, color=INK, linewidth=2.0, label="Smoothed hazard")
            top = max(top, 1000 * float(np.nanpercentile(smooth.upper, 98)))
        if endpoint.population is not None:
            axis.plot(at, 1000 * endpoint.population_hazard(at), label="General population", **POPULATION_LINE)
        axis.set_xlim(0, until)
        time_axis(axis.xaxis, until, False)
    axes[0].set_ylim(0, top * 1.15 if top > 0 else None)
    axes[0].set_ylabel("Events per 1,000 patients and month")
    legend_of(figure, axes)
    return finished(figure)
