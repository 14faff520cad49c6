"""A model that was sampled: draws beside outcomes, whoever drew them, and the groups of its parameters."""
