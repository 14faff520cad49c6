"""The parametric families, one per file; `model.survival.distributions` registers them."""
