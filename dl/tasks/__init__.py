"""What a target means: its encoding, the outputs, losses and metrics that fit, what there is to beat. No Keras."""
