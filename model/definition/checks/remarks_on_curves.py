"""Remarks on curves: published figures that disagree, what no draw changes, what a state-transition model leaves unused."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.checks.population import end_of_life_table
from model.definition.checks.survival_data import at_published_row
from model.definition.curves.after_progression import has_own, pfs_behind, reference_arm
from model.definition.curves.from_data import reconstruction
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.problems import Problem
from model.definition.records.curves import MODEL_AVERAGE, Curve
from model.definition.sampling.dimensions import uncertain, varies
from model.definition.structure import by_states, structure_is_uncertain


def life_table_is_closed(d: ModelDefinition) -> Iterator[Problem]:
    """The table ends inside the horizon with survivors, who die in the year after its last row."""
    closed = end_of_life_table(d)
    if closed is not None:
        last = d.life_table[closed[0]]
        message = (
            f"the table ends at age {last.age} with q = {last.qx_female:g}, and the horizon runs to age {closed[1]:g}: from "
            f"age {last.age + 1} on the model takes q = 1 (nobody survives)"
        )
        yield Problem("life_table", closed[0], "qx_female", message)


def published_curves_that_disagree(d: ModelDefinition) -> Iterator[Problem]:
    """Published figures of a digitised curve that do not go together, as its reconstruction found them."""
    for curve in d.curves:
        if curve.source == "digitised":
            for found in reconstruction(d, curve).disagreements:
                yield at_published_row(d, (curve.arm, curve.endpoint), found.table, found.row, found.message)


def curves_without_uncertainty(d: ModelDefinition) -> Iterator[Problem]:
    """Curves that are the same in every draw."""
    for curve in certain_curves(d):
        message = (
            f"the curve (from {curve.source}) has no uncertainty: it is the same in every draw of the probabilistic analysis"
        )
        yield Problem("curves", d.curves.index(curve), "source", message)


def certain_curves(d: ModelDefinition) -> list[Curve]:
    """The curves of PFS and OS that no draw changes: tables of survival, coefficients without error, effects without
    interval on such a curve. OS that follows from transitions changes with PFS and the OS that it is linked to, and where
    each draw takes a structure with that."""
    found = uncertain(d)
    varying = found.varying() | d.drawn_elsewhere
    moving = {(c.arm, c.endpoint) for c in d.curves if c.id in d.drawn_elsewhere}
    moving |= {(c.arm, c.endpoint) for c, made in found.curves.items() if varies(made)}
    moving |= {(c.arm, c.endpoint) for c in d.curves if _has_uncertain_row(c, varying)}
    result = []
    for curve in d.curves:
        acts = curve.source == "relative_effect" or curve.waning_start is not None
        borrowed = acts and (curve.reference_arm, curve.endpoint) in moving
        if curve.endpoint in ("pfs", "os") and (curve.arm, curve.endpoint) not in moving and not borrowed:
            result.append(curve)
    if structure_is_uncertain(d):
        return [curve for curve in result if curve.endpoint == "pfs"]
    if by_states(d):
        return [curve for curve in result if curve.endpoint == "pfs" or not _follows(d, curve.arm, result, varying)]
    return result


def _follows(d: ModelDefinition, arm: str, certain: list[Curve], varying: set[str]) -> bool:
    """Does OS of an arm that follows from transitions change with PFS, deaths before progression, or what it is linked to?"""
    arms = {arm} if has_own(d, arm) else {arm, reference_arm(d)}
    rows = [row for a in arms if (row := d.progression_row("death_share", a)) is not None]
    numbers = {address_of("progression", row) for row in rows}
    if d.settings.link_between_arms == "hazard_ratio" and not has_own(d, arm):
        numbers.add(f"relative_effects.{arm}.os")
    known = {(c.arm, c.endpoint) for c in certain}
    curves = {(a, "pfs") for a in arms} | {(a, "os") for a in arms if has_own(d, a)}
    return bool(numbers & varying) or not curves <= known


def _has_uncertain_row(curve: Curve, varying: set[str]) -> bool:
    place = f"{curve.arm}.{curve.endpoint}"
    if curve.source == "relative_effect":
        return f"relative_effects.{place}" in varying
    return curve.source == "coefficients" and any(name.startswith(f"coefficients.{place}.") for name in varying)


def waning_of_os_by_states(d: ModelDefinition) -> Iterator[Problem]:
    """Waning of an effect on OS where OS follows from transitions between states."""
    if not by_states(d) or structure_is_uncertain(d):
        return
    for position, curve in enumerate(d.curves):
        if curve.endpoint == "os" and (curve.waning_start is not None or curve.waning == "treatment_end"):
            message = "waning of OS is not used by a state-transition model: the link between arms says how an effect lasts"
            yield Problem("curves", position, "waning_start" if curve.waning_start is not None else "waning", message)


def averages_without_an_answer(d: ModelDefinition) -> Iterator[Problem]:
    """PFS of which each draw takes one of several curves, while survival after progression stays as beside their mean."""
    if not (by_states(d) or structure_is_uncertain(d)):
        return
    behind = {c.id for arm in d.arm_ids if has_own(d, arm) for c in pfs_behind(d, arm)}
    for position, curve in enumerate(d.curves):
        if curve.id in behind and curve.distribution == MODEL_AVERAGE:
            message = (
                "survival after progression does not answer to which of the averaged curves a draw takes: OS of the "
                "state-transition structure spreads more in the draws than its published statistics do"
            )
            yield Problem("curves", position, "distribution", message)
