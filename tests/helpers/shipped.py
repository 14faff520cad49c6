"""The shipped workbooks, read once per test process."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from pathlib import Path

from model.analysis import BaseCase, base_case
from model.definition import ModelDefinition
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
