"""Partitioned-survival decision model: the public names a script needs.

>>> import model
>>> definition = model.read_inputs("inputs/patina_us.xlsx")   # doctest: +SKIP
>>> base = model.base_case(definition)                        # doctest: +SKIP
>>> psa = model.psa(definition, draws=10_000, seed=1)         # doctest: +SKIP
"""

from model import analysis, survival
from model.analysis import (
    base_case,
    morris,
    net_price_grid,
    one_way,
    price_probability,
    psa,
    psa_until,
    rank_inputs,
    scenarios,
    sobol,
    threshold_prices,
    threshold_values,
    two_way,
    value_based_prices,
)
from model.definition import DefinitionError, ModelDefinition, define, edit
from model.engine import evaluate, trace
from model.excel import InputError, read_inputs, write_inputs
from model.excel.output import write_workbook

__all__ = [
    "DefinitionError",
    "InputError",
    "ModelDefinition",
    "analysis",
    "base_case",
    "define",
    "edit",
    "evaluate",
    "morris",
    "net_price_grid",
    "one_way",
    "price_probability",
    "psa",
    "psa_until",
    "rank_inputs",
    "read_inputs",
    "scenarios",
    "sobol",
    "survival",
    "threshold_prices",
    "threshold_values",
    "trace",
    "two_way",
    "value_based_prices",
    "write_inputs",
    "write_workbook",
]
