"""What the page Configure alone draws."""
