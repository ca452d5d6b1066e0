"""What a target means: which outputs, losses and metrics fit it, and what there is to beat. No Keras."""
