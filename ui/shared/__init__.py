"""What more than one page draws. `*_controls` return plain data, `*_view` draw."""
