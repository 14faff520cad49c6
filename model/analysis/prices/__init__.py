"""Prices at which the decision changes, and the chance that a price is cost-effective."""
