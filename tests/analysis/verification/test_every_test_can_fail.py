"""Every verification test passes on a sound model, and catches a fault of its own: a black-box test that cannot fail tests
nothing. Faults: tests/helpers/mutations."""

from __future__ import annotations

import dataclasses
from functools import cache

import pytest

from model.analysis.verification.declared import FAIL, FLAG, PASS
from model.analysis.verification.record import BY_ID, MadeTest, verify_model
from model.definition import ModelDefinition
from tests.helpers.mutations import MUTATIONS
from tests.helpers.trial_data import curves, trial_model
from tests.helpers.verified_models import DRAWS, whole

FITTED = ("T13", "P14")
ONLY_FLAGGED = ("T6", "E5", "U10", "U23", "P23")
"""Tests whose calculation cannot be wrong: they show something of the inputs, or of the draws, that a reader must judge."""


@cache
def fitted() -> ModelDefinition:
    """Curves fitted to patients, OS by Kaplan-Meier with a tail."""
    pairs = [(dataclasses.replace(c, km_until=12.0) if c.endpoint == "os" else c, rows) for c, rows in curves()]
    return trial_model(*pairs)


def model_for(test: str) -> ModelDefinition:
    return fitted() if test in FITTED else whole()


@cache
def sound() -> dict[str, MadeTest]:
    found = verify_model(whole(), draws=DRAWS).made + verify_model(fitted(), FITTED).made
    return {m.test: m for m in found if m.test not in FITTED or m.verdict != "does not apply"}


def test_there_is_a_fault_for_every_test() -> None:
    assert set(MUTATIONS) == set(BY_ID)


@pytest.mark.parametrize("test", BY_ID)
def test_it_passes_on_a_sound_model(test: str) -> None:
    made = sound()[test]
    assert made.verdict == PASS, made.observed


@pytest.mark.parametrize("test", BY_ID)
def test_it_catches_its_fault(test: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = MUTATIONS[test]
    definition = dataclasses.replace(model_for(test))  # another one, for which nothing has been made before the fault
    definition = definition if fault.edit is None else fault.edit(definition)
    if fault.patch is not None:
        fault.patch(monkeypatch)
    (made,) = verify_model(definition, [test], draws=DRAWS).made
    assert made.verdict == (FLAG if test in ONLY_FLAGGED else FAIL), f"{made.verdict}: {made.observed}"
    assert not made.observed.startswith("could not be carried out"), made.observed
