"""What can be taken away from a run: its network in other forms, and what is said of it."""
