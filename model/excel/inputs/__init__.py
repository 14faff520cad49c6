"""Input workbooks: what stands where, written and read."""
