"""Checks of what agencies ask for: the tables that the shortfall of QALYs is made from, and a trial period for steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.shares import sum_to_one

YEARS_APART, SHARES_APART = 1.0, 0.02
"""Groups of patients are those of the model where their mean age and mix of sexes are within these of the population's."""


def shortfall_can_be_calculated(d: ModelDefinition) -> Iterator[Problem]:
    """QALYs without the disease need mortality and norms from the youngest patients' age on, and shares that sum to 1."""
    if d.patient_mix and not sum_to_one(g.share for g in d.patient_mix):
        total = sum(g.share for g in d.patient_mix)
        yield Problem("patient_mix", len(d.patient_mix) - 1, "share", f"the shares sum to {total:.10g}; they must sum to 1")
    if not d.severity_bands:
        return
    if not d.life_table or not d.utility_norms:
        message = (
            "the shortfall of QALYs needs a life table and utility norms; add them, or leave out the weights by severity"
        )
        yield Problem("severity_bands", 0, "", message)
        return
    youngest, oldest = max(float(d.life_table[0].age), d.utility_norms[0].from_age), d.life_table[-1].age + 1
    for position, group in enumerate(d.patient_mix):
        if not youngest <= group.age < oldest:
            message = f"life table and utility norms hold ages from {youngest:g} to below {oldest:g}, not {group.age:g}"
            yield Problem("patient_mix", position, "age", message)
        if group.female_share < 1 and any(row.qx_male is None for row in d.life_table):
            message = "the shortfall of men needs the mortality of men at every age of the life table"
            yield Problem("patient_mix", position, "female_share", message)
    start = next((row.parameter.value for row in d.population if row.item == "start_age"), None)
    if not d.patient_mix and start is not None and not youngest <= start < oldest:
        message = (
            f"the shortfall needs life table and utility norms at the age at time zero, {start:g}; they hold ages from "
            f"{youngest:g} to below {oldest:g}"
        )
        yield Problem("severity_bands", 0, "", message)


def stepped_results_have_a_trial_period(d: ModelDefinition) -> Iterator[Problem]:
    """The first step ends with the follow-up of the trial."""
    if d.settings.stepped_results and d.settings.median_follow_up is None:
        yield Problem("settings", 0, "median_follow_up", "must be given: the first of the stepped results ends with it")


def moves_the_patients(changed: Iterable[str]) -> bool:
    """Do inputs that are changed, by address, give the patients another age or mix of sexes, and the groups none?"""
    tables = [address.split(".") for address in changed]
    moved = any(parts[:2] in (["population", "start_age"], ["population", "female_share"]) for parts in tables)
    return moved and not any(parts[0] == "patient_mix" for parts in tables)


def groups_are_the_patients(d: ModelDefinition) -> Iterator[Problem]:
    """A remark: the groups of patients, of the shortfall alone, are of another age or sex than the patients of the model."""
    if not d.severity_bands or not d.patient_mix:
        return
    values = {row.item: row.parameter.value for row in d.population}
    words = {"start_age": ("mean age", YEARS_APART), "female_share": ("mean share of women", SHARES_APART)}
    means = {"start_age": sum(g.share * g.age for g in d.patient_mix)}
    means["female_share"] = sum(g.share * g.female_share for g in d.patient_mix)
    for item, field in (("start_age", "age"), ("female_share", "female_share")):
        what, apart = words[item]
        if item in values and abs(means[item] - values[item]) > apart:
            message = (
                f"the {what} of the groups is {means[item]:.4g}, that of the model's patients {values[item]:.4g}: the "
                "shortfall compares QALYs of different people; correct the groups, or leave them out"
            )
            yield Problem("patient_mix", 0, field, message)
    told: set[str] = set()
    changed: dict[str, list[str]] = {}
    for row in d.scenarios:
        changed.setdefault(row.id, []).append(row.input)
    for position, row in enumerate(d.scenarios):
        if row.id not in told and moves_the_patients(changed[row.id]):
            told.add(row.id)
            message = (
                "the scenario gives the patients another age or mix of sexes and leaves the groups of patients as they are: "
                "the shortfall of the sheet Severity, where the scenario is shown, would compare different people"
            )
            yield Problem("scenarios", position, "input", message)
