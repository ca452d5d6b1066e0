"""Data sets: the catalogue, the one form they have on disk, and what can be said about them."""

from dl.datasets.archives import Archive, Phase, Progress, Report
from dl.datasets.catalogue import BUILTINS, Builtin, builtin
from dl.datasets.class_weights import balanced_class_weights
from dl.datasets.description import Dataset, Rows
from dl.datasets.download import fetch
from dl.datasets.importing import import_dataset
from dl.datasets.profile import Profile, profile
from dl.datasets.readers import Arrays
from dl.datasets.split import split
from dl.datasets.store import OpenDataset, default_dataset, describe, is_here, open_dataset

__all__ = [
    "BUILTINS",
    "Archive",
    "Arrays",
    "Builtin",
    "Dataset",
    "OpenDataset",
    "Phase",
    "Profile",
    "Progress",
    "Report",
    "Rows",
    "balanced_class_weights",
    "builtin",
    "default_dataset",
    "describe",
    "fetch",
    "import_dataset",
    "is_here",
    "open_dataset",
    "profile",
    "split",
]
