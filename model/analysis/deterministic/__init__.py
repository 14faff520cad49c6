"""One-way and two-way analysis, scenarios and switching values."""
