"""The first page of the results: the question, the answer, and what a committee asks next, in words."""
