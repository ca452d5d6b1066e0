"""Models from others: looked at before Keras is, and loaded where they can do no harm."""
