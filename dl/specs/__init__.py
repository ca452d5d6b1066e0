"""What the user asked for, frozen and validated; its checks, its summary, and the Keras script that says the same."""

from dl.specs.network import MOST_LAYERS, NetworkSpec
from dl.specs.parsing import parse_spec
from dl.specs.run import DataSpec, Fork, RunSpec
from dl.specs.training import EarlyStopping, GradientClipping, Loss, Monitor, ReduceOnPlateau, TrainSpec

__all__ = [
    "MOST_LAYERS",
    "DataSpec",
    "EarlyStopping",
    "Fork",
    "GradientClipping",
    "Loss",
    "Monitor",
    "NetworkSpec",
    "ReduceOnPlateau",
    "RunSpec",
    "TrainSpec",
    "parse_spec",
]
