"""The verification record: black-box tests of the calculation, made on the model just read."""
