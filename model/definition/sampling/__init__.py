"""Draws of the parameters: designs, copula, and the order of the dimensions."""
