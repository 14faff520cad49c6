"""The model under test with its arms made alike, changed over, or given plain curves: definitions for tests, not checked."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.definition.model_definition import TABLES, ModelDefinition
from model.definition.records.curves import FROM_DATA, Coefficient, Curve, RelativeEffect
from model.definition.records.parameters import Parameter
from model.definition.structure import by_states

BESIDE = ("correlations", "scenarios", "external_evidence", "assumptions")
"""Tables that no base case reads."""
NAMING_AN_ARM = ("arm", "reference_arm", "coefficient", "first", "second")
"""Fields that hold the id of an arm, or a coefficient that is the effect of one."""


def equal_arms(definition: ModelDefinition) -> ModelDefinition:
    """Intervention and comparator with every input of one of them: that whose curves do not start from the other's."""
    old, new = definition.settings.comparator, definition.settings.intervention
    rests_on_new = any(c.arm == old and c.reference_arm == new for c in definition.curves)
    return with_copy(definition, *((new, old) if rests_on_new else (old, new)))


def with_copy(definition: ModelDefinition, of: str, to: str) -> ModelDefinition:
    """One arm with every input of another. Where the other's curves are fitted to data or share coefficients, they are taken
    over with a hazard ratio of 1, so that nothing is fitted again; in the state-transition structure the arms are linked as
    ``common``."""
    tables: dict[str, Any] = dict.fromkeys(BESIDE, ())
    for name, kind in TABLES.items():
        if name not in BESIDE and any(f.name == "arm" for f in dataclasses.fields(kind)):
            kept = [r for r in definition.table(name) if r.arm != to]
            copies = [_moved(r, to) for r in definition.table(name) if r.arm == of]
            tables[name] = tuple([*kept, *copies])
    tables["covariance"] = tuple(c for c in tables["covariance"] if not {c.first, c.second} & _effects_of(definition))
    copied = [_as_copy(curve, of) if curve.arm == to else curve for curve in tables["curves"]]
    tables["curves"] = tuple(copied)
    taken_over = [c for c in copied if c.arm == to and c.source == "relative_effect" and c.reference_arm == of]
    one = Parameter(value=1.0)
    tables["relative_effects"] += tuple(
        RelativeEffect(arm=to, endpoint=c.endpoint, parameter=one)
        for c in taken_over
        if not any((e.arm, e.endpoint) == (to, c.endpoint) for e in tables["relative_effects"])
    )
    settings = definition.settings
    if by_states(definition):
        settings = dataclasses.replace(settings, link_between_arms="common")
    return dataclasses.replace(definition, settings=settings, **tables)


def _moved(record: Any, to: str) -> Any:
    """A record of another arm; a record that is known by an id of its own gets another."""
    own_id = {"id": f"{record.id}_copy"} if "id" in type(record).KEY else {}
    return dataclasses.replace(record, arm=to, **own_id)


def _as_copy(curve: Curve, of: str) -> Curve:
    if curve.source not in FROM_DATA and curve.fitted != "jointly":
        return curve
    plain = Curve(arm=curve.arm, endpoint=curve.endpoint, source="relative_effect", distribution=curve.distribution)
    return dataclasses.replace(plain, reference_arm=of)


def arms_changed_over(definition: ModelDefinition) -> ModelDefinition:
    """Every input of the comparator under the intervention's id, and the other way round; ids of arms keep their place."""
    other = {definition.settings.comparator: definition.settings.intervention}
    other |= {new: old for old, new in other.items()}
    other |= {f"effect_{old}": f"effect_{new}" for old, new in other.items()}
    tables: dict[str, Any] = dict.fromkeys(BESIDE, ())
    for name, kind in TABLES.items():
        fields = [f.name for f in dataclasses.fields(kind) if f.name in NAMING_AN_ARM]
        if name not in BESIDE and "arm" in fields:
            tables[name] = tuple(
                dataclasses.replace(r, **{f: other.get(getattr(r, f), getattr(r, f)) for f in fields})
                for r in definition.table(name)
            )
    return dataclasses.replace(definition, **tables)


def _effects_of(definition: ModelDefinition) -> set[str]:
    """The coefficients that set an arm apart from the one whose coefficients it shares."""
    return {f"effect_{arm}" for arm in definition.arm_ids}


def with_exponential_os(definition: ModelDefinition, rate: float) -> ModelDefinition:
    """OS of every arm with one constant hazard per month, without any general population."""
    curves = [c for c in definition.curves if c.endpoint != "os"]
    rows = [r for r in definition.coefficients if r.endpoint != "os"]
    covariance = tuple(c for c in definition.covariance if c.endpoint != "os")
    for arm in definition.arm_ids:
        curves.append(Curve(arm=arm, endpoint="os", source="coefficients", distribution="exponential"))
        rows.append(Coefficient(arm=arm, endpoint="os", coefficient="rate", parameter=Parameter(value=rate)))
    settings = dataclasses.replace(definition.settings, hazard_floor=False, crossing="cap_pfs")
    effects = tuple(e for e in definition.relative_effects if e.endpoint != "os")
    made = dataclasses.replace(definition, settings=settings, curves=tuple(curves), coefficients=tuple(rows))
    return dataclasses.replace(made, covariance=covariance, relative_effects=effects)


def with_waning(definition: ModelDefinition, waning: str, start: float | None, end: float | None) -> ModelDefinition:
    """Every relative effect of PFS and OS waning so, without the general population's floor and any other waning."""
    settings = dataclasses.replace(definition.settings, hazard_floor=False)
    lasting = (dataclasses.replace(c, waning="linear", waning_start=None, waning_end=None) for c in definition.curves)
    curves = tuple(
        dataclasses.replace(c, waning=waning, waning_start=start, waning_end=end) if _is_relative(c) else c for c in lasting
    )
    return dataclasses.replace(definition, settings=settings, curves=curves)


def _is_relative(curve: Curve) -> bool:
    return curve.source == "relative_effect" and curve.endpoint in ("pfs", "os")


def with_longest_treatment(definition: ModelDefinition, months: float) -> ModelDefinition:
    """Every regimen with a longest duration of treatment."""
    regimens = tuple(dataclasses.replace(r, max_months=months, max_doses=None) for r in definition.regimens)
    return dataclasses.replace(definition, regimens=regimens)
