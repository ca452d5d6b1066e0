"""Groups of widgets: `*_controls` return plain data, `*_view` draw."""
