"""How good the answers are: numpy and pandas only, from stored predictions."""
