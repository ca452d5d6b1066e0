"""The library behind Livefit: data sets, specifications, runs, training and evaluation. It knows nothing of the screen."""
