"""The deterministic result: the base case, its headline, the answer in words, the evidence beside it."""
