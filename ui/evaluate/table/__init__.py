"""What Evaluate draws of a run on a table: decisions, curves, errors, slices, and the rows behind each of them."""
