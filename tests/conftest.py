"""Fixtures that tests of several folders take."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

for number in (signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGINT)):
    if signal.getsignal(number) is signal.SIG_IGN:  # started in the background: programs under test would ignore it too
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

settings.register_profile("no_deadline", deadline=None)  # how long a machine takes says nothing of what is right
settings.load_profile("no_deadline")


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs draw no figures: they take most of a small run, and the test does not look at them."""
    from model.cli import publish  # here, so that what only hands out tests need not load the model

    monkeypatch.setattr(publish, "figure_groups", lambda _: {})
