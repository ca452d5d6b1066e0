"""The library behind Livefit: data sets, specifications, runs, training, evaluation. It knows no screen."""
