"""The published models by the name of their workbook in ``inputs/published/``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tests.published import (
    checkmate_067,
    cll11,
    darth_psm,
    dynamicpv_oncology,
    heemod_end_of_cycle,
    heormodel_reference,
    heromod_checkimab,
    heromod_simple_psm,
    heromod_ta447,
    hesim_psm,
    trastuzumab_workshop,
)
from tests.published.published import Published

MODELS: Mapping[str, Published] = MappingProxyType(
    {
        "heromod_simple_psm": heromod_simple_psm.MODEL,
        "darth_psm": darth_psm.MODEL,
        "heormodel_reference": heormodel_reference.MODEL,
        "hesim_psm": hesim_psm.MODEL,
        "heemod_end_of_cycle": heemod_end_of_cycle.MODEL,
        "trastuzumab_workshop": trastuzumab_workshop.MODEL,
        "dynamicpv_oncology": dynamicpv_oncology.MODEL,
        "heromod_ta447": heromod_ta447.MODEL,
        "heromod_checkimab": heromod_checkimab.MODEL,
        "checkmate_067": checkmate_067.MODEL,
        "cll11": cll11.MODEL,
    }
)
