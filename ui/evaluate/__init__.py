"""What the page Evaluate alone draws."""
