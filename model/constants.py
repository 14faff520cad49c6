"""Numbers that every floor shares: units of time, and the width of a 95% interval."""

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.4375
MONTHS_PER_YEAR = 12.0
DAYS_PER_WEEK = 7.0
NORMAL_975 = 1.959963984540054
"""97.5th percentile of the standard normal distribution: half the width of a 95% interval in standard errors."""
INTERVAL_95_WIDTH = 2 * NORMAL_975
"""Width of a 95% interval in standard errors."""
