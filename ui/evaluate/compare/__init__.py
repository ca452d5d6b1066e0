"""Several runs side by side, and whether two of them differ by more than luck."""
