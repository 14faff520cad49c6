"""What differs between two definitions, and what each difference does to the answer."""
