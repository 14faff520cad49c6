"""Drugs and costs of a starter workbook to be filled in."""

from __future__ import annotations

from typing import Any

from model.definition import Administration, Care, Drug, EndOfLife, Product, Progression, Regimen
from model.excel.template.asked import Asked, AskedDrug
from model.excel.template.values import EMPTY, to_fill

INFUSION = "infusion"
BASES = {"oral": "fixed", "infusion": "fixed"}


def costs(asked: Asked) -> dict[str, Any]:
    """The tables of the sheets Arms, Drugs, Care and After progression."""
    currency = asked.currency
    infused = any(drug.kind != "oral" for drug in asked.drugs)
    return {
        "regimens": tuple(
            Regimen(arm=arm.id, drug=drug, until="own_curve" if drug and asked.drug(drug).own_curve else "progression")
            for arm in asked.arms
            for drug in arm.drugs or (EMPTY,)
        ),
        "drugs": tuple(_drug(drug) for drug in asked.drugs),
        "products": tuple(
            Product(drug=drug.id, product=pack, contents=EMPTY, parameter=to_fill(f"{currency} per {pack}", "fixed"))
            for drug in asked.drugs
            for pack in ("pack" if drug.kind == "oral" else "vial",)
        ),
        "administration": (
            (Administration(id=INFUSION, label="Infusion", parameter=to_fill(f"{currency} per dose", "gamma")),)
            if infused
            else ()
        ),
        "care": tuple(
            Care(
                id=f"care_{state.id}",
                label=f"Care: {state.label}",
                during=state.id,
                frequency="per_month",
                parameter=to_fill(f"{currency} per month", "gamma"),
            )
            for state in asked.states
        ),
        "progression": (Progression(item="death_share", parameter=to_fill("share", "beta")),),
        "end_of_life": (
            EndOfLife(id="end_of_life", label="Care at the end of life", parameter=to_fill(f"{currency} per death", "gamma")),
        ),
    }


def _drug(drug: AskedDrug) -> Drug:
    return Drug(
        id=drug.id,
        label=drug.label,
        dose_basis=BASES.get(drug.kind, drug.kind),
        dose=EMPTY,
        unit="tablet" if drug.kind == "oral" else "mg",
        schedule_days=EMPTY,
        administration=None if drug.kind == "oral" else INFUSION,
    )
