"""Are times given in months? A trial followed for a lifetime is more likely one whose times are days."""

from __future__ import annotations

from model.constants import MONTHS_PER_YEAR

QUESTIONED_MONTHS = 360.0  # 30 years: longer than any trial of a new drug
LONGEST_MONTHS = 720.0  # 60 years: longer than patients in a trial live


def days_instead_of_months(longest: float) -> str:
    """What to say of a longest time in months that can only be days; empty if it can be months."""
    if longest <= QUESTIONED_MONTHS:
        return ""
    return (
        f"the longest time is {longest:g}, which in months is {longest / MONTHS_PER_YEAR:.0f} years: are these days? "
        "Times are months (divide days by 30.4375, weeks by 4.348)"
    )


def can_only_be_days(longest: float) -> bool:
    """So long that it is refused."""
    return longest > LONGEST_MONTHS
