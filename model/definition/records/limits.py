"""Limits of the numbers of the definition that several columns share, and where the unusual begins.

A limit is what nobody would defend: beyond it a value is a slip of the keyboard, a unit mistaken or a percentage typed
as a number, and it is refused. Inside the limits ``unusual_below`` and ``unusual_above`` mark a band beyond which a value
may be right and is questioned: a printed remark that stops nothing. Limits that are mathematics (a share is at most 1) and
limits against slips stand in the same declarations; draws are held to the former only
(:meth:`model.definition.records.columns.Column.problem_with_draw`).
"""

from __future__ import annotations

from typing import Any

Limits = dict[str, Any]

SMALLEST = 1e-15  # a number nearer to zero than this, but not zero, is what is left of a calculation, or a slip
LONGEST_YEARS = 120.0
LONGEST_MONTHS = 1440.0
LONGEST_DAYS = 43_830.0  # 120 years
LARGEST_AMOUNT = 1e12  # of money, in any currency
LARGEST_COUNT = 10_000_000

MONEY: Limits = {"minimum": 0.0, "maximum": LARGEST_AMOUNT}
SHARE: Limits = {"minimum": 0.0, "maximum": 1.0}
RATE: Limits = {"minimum": 0.0, "maximum": 0.25, "unusual_above": 0.1}
RATIO: Limits = {"minimum": 1e-3, "maximum": 1e3, "unusual_below": 0.1, "unusual_above": 10.0}
MONTHS: Limits = {"minimum": 0.0, "maximum": LONGEST_MONTHS}
FOLLOW_UP: Limits = {**MONTHS, "unusual_above": 480.0}  # 40 years; a time in days, more likely
DAYS: Limits = {"minimum": 0.0, "maximum": LONGEST_DAYS}
YEARS_OF_AGE: Limits = {"minimum": 0.0, "maximum": 120.0}
AMOUNT_OF_DRUG: Limits = {"minimum": 1e-6, "maximum": LARGEST_AMOUNT}
