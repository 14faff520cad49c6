"""Value of information by regression: splines, Gaussian processes, the error of a fitted mean."""
