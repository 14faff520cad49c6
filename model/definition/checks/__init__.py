"""Every rule that a definition keeps, told by the record and field that breaks it."""
