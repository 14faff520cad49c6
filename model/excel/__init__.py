"""Floor 4: the only place that knows a cell. Workbook to definition and back."""

from .errors import InputError, InputProblem
from .layout import Layout, layout_of
from .reader import read_inputs
from .schema import SHEETS
from .styles import Styles, new_workbook
from .template import template_definition, write_template
from .writer import add_input_sheets, write_inputs

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
