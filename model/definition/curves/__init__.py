"""From a curve's record to its coefficients: from published evidence, from data, or as typed."""
