"""What the page Predict alone draws."""
