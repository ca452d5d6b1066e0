"""What the user asked for, frozen and validated; its checks, its summary, and the Keras script that says the same."""

from dl.specs.data import DataSpec
from dl.specs.network import MOST_LAYERS, NetworkSpec
from dl.specs.parsing import parse_spec
from dl.specs.run import Fork, RunSpec
from dl.specs.training import EarlyStopping, GradientClipping, Loss, Monitor, ReduceOnPlateau, TrainSpec
from dl.tasks.task import TargetEncoding

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
    "TargetEncoding",
    "TrainSpec",
    "parse_spec",
]
