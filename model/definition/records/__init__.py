"""The records of which a definition is made, and the columns that declare their fields."""
