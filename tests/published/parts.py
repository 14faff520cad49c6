"""Parts that the published models share: curves and values with their sources, and what the program asks for beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from model.definition import (
    About,
    Administration,
    Care,
    Drug,
    Parameter,
    PopulationItem,
    Product,
    Provenance,
    PublishedAnalysis,
    Reference,
    Regimen,
    Settings,
    Utility,
    Version,
)

FIRST_VERSION = (Version(version="1.0", date="2026-11-30", change="First version: the model as published."),)
NO_EFFECT = "The program asks for it; without a life table and age adjustment no result depends on it."


def quoted(value: float, source: str, notes: str = "", *, unit: str = "", **options: Any) -> Parameter:
    """A number that the source prints."""
    return Parameter(value, unit=unit, source=source, quality="published", notes=notes, **options)


def derived(value: float, source: str, notes: str, *, unit: str = "", **options: Any) -> Parameter:
    """Arithmetic on numbers of the source, told in the notes."""
    return Parameter(value, unit=unit, source=source, quality="derived", notes=notes, **options)


def without_ages() -> tuple[PopulationItem, ...]:
    """The population of a model in which age and sex play no part."""
    values = (("start_age", 60.0, "years"), ("female_share", 0.5, ""))
    return tuple(
        PopulationItem(item=item, parameter=Parameter(value, unit=unit, quality="assumption", notes=NO_EFFECT))
        for item, value, unit in values
    )


def about(title: str, population: str, intervention: str, comparator: str, **more: str) -> About:
    """The cover of a model whose patients are followed from the start of treatment."""
    given = {"perspective": "as published: the costs listed", "time_zero": "start of treatment", "version": "1.0", **more}
    return About(title=title, population=population, intervention=intervention, comparator=comparator, **given)


def conventions(source: str, notes: Mapping[str, str], **values: Any) -> dict[str, Any]:
    """Settings of a model without a life table, each that is named in ``notes`` with its source and the note."""
    plain = {"hazard_floor": False, "age_adjustment": "none", "psa_draws": 1_000}
    provenance = {name: Provenance(source=source, quality="published", notes=text) for name, text in notes.items()}
    return {"settings": Settings(**{**plain, **values}), "provenance": provenance}


def state_utilities(source: str, free: Parameter, progressed: Parameter) -> tuple[Utility, ...]:
    """The utilities of both states, each the level itself."""
    return tuple(
        Utility(id=state, state=state, parameter=parameter)
        for state, parameter in (("progression_free", free), ("progressed", progressed))
    )


def accruing(name: str, label: str, during: str, frequency: str, cost: Parameter, **more: Any) -> Care:
    """A cost that accrues while patients are in a state."""
    return Care(id=name, label=label, during=during, frequency=frequency, parameter=cost, **more)


def printed(source: str, label: str, compared: str, notes: str, **numbers: Any) -> tuple[PublishedAnalysis, ...]:
    """What the source prints, to stand beside the model's results: ``icer``, ``incremental_qalys``, ``currency``."""
    row = PublishedAnalysis(
        id=source, label=label, compared=compared, setting="as published", source=source, notes=notes, **numbers
    )
    return (row,)


def cited(name: str, citation: str, link: str, accessed: str) -> Reference:
    """A reference."""
    return Reference(id=name, citation=citation, link=link, accessed=accessed)


def packs(
    source: str,
    days: float,
    rows: Sequence[tuple[str, str, str, Parameter]],
    giving: Mapping[str, Parameter] = MappingProxyType({}),
) -> dict[str, Any]:
    """Drugs of which a pack is handed out at the start of each cycle until progression; rows of arm, drug, name and price.
    ``giving``: by drug, what each administration costs."""
    names = {drug: label for _, drug, label, _ in rows}
    return {
        "drugs": tuple(
            Drug(
                id=drug,
                label=label,
                dose_basis="fixed",
                dose=1.0,
                unit="pack",
                schedule_days=days,
                administration=drug if drug in giving else None,
                source=source,
                quality="published",
                notes="A pack for each cycle: the source charges the drug per cycle.",
            )
            for drug, label in names.items()
        ),
        "products": tuple(Product(drug=drug, product="pack", contents=1.0, parameter=price) for _, drug, _, price in rows),
        "regimens": tuple(
            Regimen(arm=arm, drug=drug, until="progression", source=source, notes="While progression-free.")
            for arm, drug, _, _ in rows
        ),
        "administration": tuple(
            Administration(id=drug, label=f"Administration, {names[drug].lower()}", parameter=cost)
            for drug, cost in giving.items()
        ),
    }
