"""The shipped workbooks, read once per test process."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from pathlib import Path

from model.analysis import BaseCase, base_case
from model.definition import ModelDefinition, edit
from model.excel import read_inputs

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("patina_us", "patina_england")


@lru_cache
def shipped(name: str) -> ModelDefinition:
    return read_inputs(ROOT / "inputs" / f"{name}.xlsx")


@lru_cache
def shipped_base(name: str) -> BaseCase:
    return base_case(shipped(name))


@lru_cache
def without_scenarios(name: str) -> ModelDefinition:
    """One without scenarios, and without assumptions, which name scenarios: its checks take a fraction of the time."""
    return dataclasses.replace(shipped(name), scenarios=(), assumptions=())


def varying_alone(definition: ModelDefinition, *inputs: str) -> ModelDefinition:
    """The same in which no other input varies: these and the curves have the same draws, in a fraction of the time."""
    others = {name for name, p in definition.parameters.items() if p.distribution != "fixed"} - {*inputs}
    return edit(definition, {f"{name}.distribution": "fixed" for name in others})
