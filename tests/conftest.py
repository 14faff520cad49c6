"""Fixtures that tests of several folders take."""

from __future__ import annotations

import pytest


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs draw no figures: they take most of a small run, and the test does not look at them."""
    from model.cli import publish  # here, so that what only hands out tests need not load the model

    monkeypatch.setattr(publish, "figure_groups", lambda **_: {})
