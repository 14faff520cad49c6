"""Coefficients as other programs print them: what they mean, and the way to the model's own and back."""
