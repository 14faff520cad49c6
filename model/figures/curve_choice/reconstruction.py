"""The published clicks over the Kaplan-Meier curve of the reconstructed data."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from model.analysis.curve_choice.endpoint import EndpointFits
from model.figures.curve_choice.common import steps, subtitle, under_axis
from model.figures.frame import finished, framed
from model.figures.scales import share_axis, time_axis
from model.figures.style import INK, in_house_style


@in_house_style
def reconstructed(endpoint: EndpointFits, source: str) -> Figure | None:
    """One panel per arm read from a digitised curve, with numbers at risk published and reconstructed."""
    arms = [a for a in endpoint.arms if a.reconstruction is not None]
    if not arms:
        return None
    note = (
        "Line: Kaplan-Meier curve of the reconstructed data (Guyot et al. 2012); circles: cleaned clicks on the published "
        "curve. Under the axis: numbers at risk, published and (in brackets, where they differ) reconstructed."
    )
    title = f"{endpoint.label}: reconstructed data against the published curve"
    width = 5.2 * len(arms) if len(arms) > 1 else 7.2
    figure, axes = framed(title, subtitle(endpoint, source), (width, 3.6), 1, len(arms), note, sharey=True)
    for axis, arm in zip(axes[0], arms, strict=True):
        made = arm.reconstruction
        assert made is not None
        axis.plot(*steps(arm.kaplan_meier), color=arm.colour, linewidth=1.5, drawstyle="steps-post")
        axis.plot(
            made.curve.time, made.curve.survival, "o", color=INK, markersize=2.6, markerfacecolor="none", markeredgewidth=0.7
        )
        every = max(1, int(np.ceil(len(made.risk_times) / 12)))
        rows = list(zip(made.risk_times, made.n_risk_published, made.n_risk, strict=True))[::every]
        under_axis(axis, [t for t, _, _ in rows], [f"{p:.0f}" if p == r else f"{p:.0f} ({r:.0f})" for _, p, r in rows])
        until = max(float(made.curve.time[-1]), arm.data.follow_up)
        axis.set_xlim(0, until)
        axis.set_ylim(0, 1.02)
        axis.set_title(
            f"{arm.label}: {arm.data.n_events} events, at most {100 * made.largest_difference:.1f} points from a click"
        )
        share_axis(axis.yaxis, "")
        time_axis(axis.xaxis, until, False)
    axes[0][0].set_ylabel("Event-free")
    return finished(figure)
