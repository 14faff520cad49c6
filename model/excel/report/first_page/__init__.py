"""The sheet Answer: one printed page, live."""
