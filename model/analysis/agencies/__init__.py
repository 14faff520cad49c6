"""What agencies ask for beside costs and QALYs: severity, equal-value life years, stepped results."""
