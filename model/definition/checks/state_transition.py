"""Checks of a state-transition model: what says how long patients live after progression, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.checks.survival_data import curves_can_be_made
from model.definition.curves.after_progression import end_of_horizon, has_own, os_by_states, ratio_kept, reference_arm
from model.definition.curves.coefficients import sources_of_states
from model.definition.curves.determined import refusal
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.settings import STRUCTURE_WORDS
from model.definition.structure import STRUCTURES, by_states, in_structure, structure_is_uncertain


def states_can_be_linked(d: ModelDefinition) -> Iterator[Problem]:
    """PFS and OS as transitions between states take them, and what the link between the arms needs."""
    if not by_states(d):
        return
    for position, curve in enumerate(d.curves):
        if curve.endpoint == "os" and curve.mortality == "excess":
            yield Problem("curves", position, "mortality", "OS that follows from transitions is survival from any cause")
        of_reference = {r.drug for r in d.regimen(curve.reference_arm)} if curve.reference_arm else set()
        until_death = any(r.until == "death" and r.drug not in of_reference for r in d.regimen(curve.arm))
        if curve.endpoint == "pfs" and curve.waning == "treatment_end" and until_death:
            words = (
                "treatment_end: a drug of the arm that the reference arm does not get is given until death, which follows "
                "from this curve; give months"
            )
            yield Problem("curves", position, "waning", words)
    if d.settings.link_between_arms == "hazard_ratio":
        yield from _ratio_is_known(d)


def _ratio_is_known(d: ModelDefinition) -> Iterator[Problem]:
    """The hazard ratio of OS of every arm but the reference arm, and the month up to which it was observed."""
    rows = {(e.arm, e.endpoint) for e in d.relative_effects}
    without = [arm for arm in d.arm_ids if arm != reference_arm(d) and (arm, "os") not in rows]
    if without:
        yield Problem(
            "settings",
            0,
            "link_between_arms",
            f"hazard_ratio needs a relative effect on os of {', '.join(f'arm {arm!r}' for arm in without)}",
        )
    for position, curve in enumerate(d.curves):
        of_os = curve.endpoint == "os" and curve.source == "relative_effect" and curve.arm != reference_arm(d)
        if of_os and curve.effect != "hazard_ratio":
            message = (
                "the link between arms 'hazard_ratio' takes the relative effect on os as a hazard ratio, which it is not"
            )
            yield Problem("curves", position, "effect", message)
    follow_up = d.settings.median_follow_up
    if follow_up is None or follow_up > end_of_horizon(d):
        words = (
            "the median follow-up must be given and lie within the horizon: the link 'hazard_ratio' keeps the hazard ratio "
            "of OS at it"
        )
        yield Problem("settings", 0, "median_follow_up", words)


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
                return
            if message := refusal(d, curve):
                yield Problem("curves", position, "distribution", message)
    if d.settings.link_between_arms == "hazard_ratio":
        yield from _ratio_can_be_kept(d)


def _ratio_can_be_kept(d: ModelDefinition) -> Iterator[Problem]:
    """There is a survival after progression with which the hazard ratio of OS is that reported, in the base case."""
    for position, effect in enumerate(d.relative_effects):
        if effect.endpoint == "os" and effect.arm != reference_arm(d):
            link = ratio_kept(d, effect.arm, effect.parameter.value, *sources_of_states(d))
            if not link.met.all():
                message = (
                    f"no survival after progression gives a hazard ratio of OS of {effect.parameter.value:g} at month "
                    f"{d.settings.median_follow_up:g}, the median follow-up: deaths before progression alone are too many "
                    "or too few; another link between arms (sheet Settings) needs no hazard ratio"
                )
                yield Problem("relative_effects", position, "value", message)


def other_structure_can_be_drawn(d: ModelDefinition) -> Iterator[Problem]:
    """Where each draw takes a structure, the inputs allow that which the base case has not, too."""
    if not structure_is_uncertain(d):
        return
    (name,) = (name for name in STRUCTURES if name != d.settings.structure)
    other = in_structure(d, name)
    problems = [*states_can_be_linked(other)]
    if not problems:
        problems = [*curves_can_be_made(other), *survival_after_progression_is_known(other)]
    if problems:
        reasons = "; ".join(dict.fromkeys(problem.message for problem in problems))
        probability = d.settings.state_transition_probability
        yield Problem(
            "settings",
            0,
            "state_transition_probability",
            f"is {probability:g}, so that draws need both structures; {STRUCTURE_WORDS[name]} is not possible with these "
            f"inputs: {reasons}",
        )
