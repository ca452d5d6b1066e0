"""What the page Train alone draws."""
