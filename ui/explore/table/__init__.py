"""What the page Explore draws of a table."""
