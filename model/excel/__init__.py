"""Floor 4: the only place that knows a cell. Workbook to definition and back."""

from model.excel.inputs.errors import InputError, InputProblem
from model.excel.inputs.layout import Layout, layout_of
from model.excel.inputs.reader import read_inputs
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.writer import add_input_sheets, write_inputs
from model.excel.pages.styles import Styles
from model.excel.pages.workbook import new_workbook
from model.excel.template.template import template_definition, write_template

__all__ = [
    "SHEETS",
    "InputError",
    "InputProblem",
    "Layout",
    "Styles",
    "add_input_sheets",
    "layout_of",
    "new_workbook",
    "read_inputs",
    "template_definition",
    "write_inputs",
    "write_template",
]
