"""What Explore draws of a table: what is in it, what is wrong with it, every column, two together, and the rows."""
