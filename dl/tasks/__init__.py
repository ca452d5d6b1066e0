"""What a target means: how it is encoded, which outputs, losses and metrics fit it, and what there is to beat. No Keras."""
