"""Several networks side by side, on the page Evaluate."""
