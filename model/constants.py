"""Numbers that every floor shares: units of time, and the width of a 95% interval."""

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.4375
MONTHS_PER_YEAR = 12.0
DAYS_PER_WEEK = 7.0
DAYS_OF_YEARS = {"365.25_days": DAYS_PER_YEAR, "365_days": 365.0, "52_weeks": 364.0, "360_days": 360.0}
"""Lengths of a year that a model may count in, in days; a month is a twelfth of it."""
NORMAL_975 = 1.959963984540054
"""97.5th percentile of the standard normal distribution: half the width of a 95% interval in standard errors."""
INTERVAL_95_WIDTH = 2 * NORMAL_975
"""Width of a 95% interval in standard errors."""
