"""What is in a table: estimated from a few blocks of its rows at first, exact in the end; and what is wrong with it."""
