"""The probabilistic analysis: draws, convergence, and how the mean stands to the base case."""
