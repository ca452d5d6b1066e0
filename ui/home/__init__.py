"""What the page Home alone draws."""
