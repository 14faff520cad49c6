"""Checks of a state-transition model: what says how long patients live after progression, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.curves.after_progression import by_states, has_own, os_by_states
from model.definition.curves.coefficients import sources_of_states
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem


def states_can_be_linked(d: ModelDefinition) -> Iterator[Problem]:
    """PFS and OS as transitions between states take them, and what the link between the arms needs."""
    if not by_states(d):
        return
    for position, curve in enumerate(d.curves):
        if curve.endpoint == "os" and curve.mortality == "excess":
            yield Problem("curves", position, "mortality", "OS that follows from transitions is survival from any cause")
        until_death = any(r.until == "death" for r in d.regimen(curve.arm))
        if curve.endpoint == "pfs" and curve.waning == "treatment_end" and until_death:
            words = "a drug of the arm is given until death, which follows from this curve; give months"
            yield Problem("curves", position, "waning", words)
    if d.settings.link_between_arms == "hazard_ratio":
        yield from _ratio_is_known(d)


def _ratio_is_known(d: ModelDefinition) -> Iterator[Problem]:
    """The hazard ratio of OS of every arm but the comparator, and the month up to which it was observed."""
    rows = {(e.arm, e.endpoint) for e in d.relative_effects}
    without = [arm for arm in d.arm_ids if arm != d.settings.comparator and (arm, "os") not in rows]
    if without:
        yield Problem(
            "settings",
            0,
            "link_between_arms",
            f"hazard_ratio needs a relative effect on os of {', '.join(f'arm {arm!r}' for arm in without)}",
        )
    follow_up = d.settings.median_follow_up
    if follow_up is None or follow_up > d.settings.horizon_years * 12:
        yield Problem(
            "settings", 0, "median_follow_up", "must lie within the horizon: the link keeps the hazard ratio of OS at it"
        )


def survival_after_progression_is_known(d: ModelDefinition) -> Iterator[Problem]:
    """The published OS determines survival after progression of every arm that has coefficients of its own."""
    if not by_states(d):
        return
    for position, curve in enumerate(d.curves):
        if curve.endpoint == "os" and has_own(d, curve.arm):
            calibrated = os_by_states(d, curve.arm, *sources_of_states(d))[1]
            if not (calibrated.identified and calibrated.converged):
                message = f"survival after progression is calibrated to its published OS. {calibrated.message}"
                yield Problem("curves", position, "distribution", message)
