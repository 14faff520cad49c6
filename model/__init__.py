"""Partitioned-survival decision model: the public names a script needs.

>>> import model
>>> definition = model.example()  # or model.read_inputs("my_model.xlsx"), or model.define(...) of records in Python
>>> base = model.base_case(definition)
>>> psa = model.psa(definition, draws=1000, seed=1)
>>> print(base.conclusion())
New treatment gains 0.47 QALYs against old treatment at an extra EUR 13,720 per patient (EUR 29,450 per QALY gained): \
cost-effective at EUR 50,000 per QALY.

A name is loaded with its libraries when it is first asked for (PEP 562), so that what needs none of them, such as the
help of the command line, does not wait for them.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model import analysis, records, survival
    from model.analysis import (
        budget_impact,
        curve_pairs,
        equal_value,
        morris,
        net_price_grid,
        one_way,
        price_probability,
        psa,
        psa_until,
        rank_inputs,
        scenarios,
        severity,
        sobol,
        stepped_results,
        structures,
        subgroups,
        switching_values,
        two_way,
        value_based_prices,
        verify_model,
    )
    from model.analysis.base_case.base_case import base_case
    from model.definition import DefinitionError, ModelDefinition, define, edit, typed_curve
    from model.engine.evaluate import evaluate
    from model.engine.trace import trace
    from model.excel import InputError, read_inputs, write_inputs
    from model.excel.output import write_workbook
    from model.report import write_html_report, write_pdf_summary
    from model.result_columns import column_help
    from model.sample_models import example, examples
    from model.version import citation

    __version__: str
else:
    from model.lazy import when_asked_for

    _ROOMS = ("analysis", "definition", "engine", "excel", "records", "survival")
    _named = when_asked_for(__name__, __file__)

    def __getattr__(name):
        from importlib import import_module

        if name in _ROOMS:
            return import_module(f"model.{name}")
        return import_module("model.version").model_version() if name == "__version__" else _named(name)

    def __dir__():
        return sorted({*globals(), *__all__, *_ROOMS, "__version__"})


__all__ = [
    "DefinitionError",
    "InputError",
    "ModelDefinition",
    "analysis",
    "base_case",
    "budget_impact",
    "citation",
    "column_help",
    "curve_pairs",
    "define",
    "edit",
    "equal_value",
    "evaluate",
    "example",
    "examples",
    "morris",
    "net_price_grid",
    "one_way",
    "price_probability",
    "psa",
    "psa_until",
    "rank_inputs",
    "read_inputs",
    "records",
    "scenarios",
    "severity",
    "sobol",
    "stepped_results",
    "structures",
    "subgroups",
    "survival",
    "switching_values",
    "trace",
    "two_way",
    "typed_curve",
    "value_based_prices",
    "verify_model",
    "write_html_report",
    "write_inputs",
    "write_pdf_summary",
    "write_workbook",
]
