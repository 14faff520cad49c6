"""The probabilistic analysis: draws, Monte Carlo error, and how the mean stands to the base case."""
