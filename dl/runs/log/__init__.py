"""What was recorded of every step and epoch of a run, and how any range of it is read."""
