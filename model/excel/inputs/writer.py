"""Write a model definition as an input workbook; the same definition gives the same bytes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from os import PathLike

from xlsxwriter.workbook import Workbook

from model.definition.model_definition import ModelDefinition
from model.excel.inputs.cover import FurtherSheet, write_cover
from model.excel.inputs.input_draws_sheet import SHEET, TITLE, write_input_draws
from model.excel.inputs.layout import Control, Layout, layout_of
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.sheet_writer import SheetWriter
from model.excel.pages.blocks import BlockSheet
from model.excel.pages.styles import Styles
from model.excel.pages.workbook import InputWorksheet, new_workbook
from model.files import whole_file

CREATED = datetime.datetime(2026, 1, 1)  # fixed: a clock would make the bytes differ


def write_inputs(definition: ModelDefinition, path: str | PathLike[str]) -> None:
    """Write the input workbook of ``definition`` to ``path``: all of it, or nothing.

    >>> import model
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.write_inputs(model.example(), f"{folder}/small.xlsx")
    ...     model.read_inputs(f"{folder}/small.xlsx").arms == model.example().arms
    True
    """
    with whole_file(path) as unfinished:
        workbook = new_workbook(unfinished)
        set_properties(workbook, definition)
        add_input_sheets(workbook, definition, Styles(workbook))
        workbook.close()


def set_properties(workbook: Workbook, definition: ModelDefinition) -> None:
    """Document properties, with a fixed date."""
    about = definition.about
    workbook.set_properties(
        {
            "title": about.title,
            "subject": f"{about.intervention} versus {about.comparator}",
            "keywords": f"partitioned survival, health economics, version {about.version}",
            "created": CREATED,
        }
    )


def add_input_sheets(
    workbook: Workbook,
    definition: ModelDefinition,
    styles: Styles,
    controls: Mapping[str, Control] | None = None,
    further_sheets: Sequence[FurtherSheet] = (),
) -> Layout:
    """Add the input sheets to an open workbook and return where every input stands.

    ``controls``: further rows of the sheet Settings, name -> (column, value), such as the draw that an output
    workbook shows; each gets the defined name ``set_<name>``, and is ignored when the workbook is read.
    ``further_sheets``: of the caller, to which the contents of the cover lead in the place of the input sheets.
    """
    layout = layout_of(definition, controls)
    for spec in SHEETS:
        sheet = workbook.add_worksheet(spec.name, InputWorksheet)
        if spec.name == "Cover":
            write_cover(sheet, spec, definition, layout, styles, further_sheets)
        else:
            SheetWriter(sheet, spec, definition, layout, styles).write(controls)
    if definition.input_draws is not None:
        sheet = workbook.add_worksheet(SHEET, BlockSheet)
        sheet.write_string(0, 0, TITLE, styles.title)
        write_input_draws(sheet, definition.input_draws, styles)
    _define_names(workbook, layout)
    return layout


def _define_names(workbook: Workbook, layout: Layout) -> None:
    for address, name in layout.names.items():
        workbook.define_name(name, f"={layout.cells[address].reference}")
    for name, place in layout.lists.items():
        workbook.define_name(name, f"={place.reference}")
    for name, reference in layout.heads.items():
        workbook.define_name(name, f"={reference}")
    for name, place in layout.controls.items():
        workbook.define_name(f"set_{name}", f"={place.reference}")
