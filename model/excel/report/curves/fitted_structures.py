"""The sheet of the structures that were fitted to the same patients, where the data tie PFS and OS together."""

from __future__ import annotations

from collections.abc import Sequence

from model.analysis.columns.curve_choice import STRUCTURE_LIKELIHOODS, TRANSITION_FITS
from model.analysis.curve_choice import EndpointFits
from model.analysis.curve_choice.structures import structure_table, structures_of, transition_table
from model.excel.output_sheets import FITTED_STRUCTURES
from model.excel.pages.desk import Desk
from model.excel.pages.page import Page
from model.excel.pages.result_tables import put_results


def write_fitted_structures(desk: Desk, endpoints: Sequence[EndpointFits]) -> None:
    """Write the sheet, if there is one."""
    structures = structures_of(endpoints)
    if not structures:
        return
    page = Page(desk, FITTED_STRUCTURES.name)
    page.paragraph(
        "The same patients were followed for PFS and for OS, so that each structure has a likelihood (Muston 2024): the "
        "lower the AIC, the better it describes what was seen. How it extrapolates is another question."
    )
    text = (
        "Clock forward: the hazard after progression depends on the time since the start; reset: on the time since "
        f"progression. Each curve is the family of lowest AIC. {desk.stored}"
    )
    put_results(page, STRUCTURE_LIKELIHOODS.title, text, structure_table(structures), STRUCTURE_LIKELIHOODS.declared)
    text = f"Times in months; families by AIC within each endpoint. {desk.stored}"
    put_results(page, TRANSITION_FITS.title, text, transition_table(structures), TRANSITION_FITS.declared)
    page.close()
