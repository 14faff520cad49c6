"""Patient data reconstructed from a published curve."""
