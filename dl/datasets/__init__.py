"""Data sets: the store, the one form they have on disk, and what can be said about them."""

from dl.datasets.archives import Archive, Phase, Progress, Report
from dl.datasets.class_weights import balanced_class_weights
from dl.datasets.columns import Category, Column, Number, Picture
from dl.datasets.description import Dataset, Rows
from dl.datasets.download import fetch
from dl.datasets.importing import import_dataset
from dl.datasets.loading import loading_script
from dl.datasets.opening import OpenDataset, describe, is_here, open_dataset
from dl.datasets.profile import Profile, profile
from dl.datasets.readers import Arrays
from dl.datasets.split import split
from dl.datasets.store import DatasetStore

__all__ = [
    "Archive",
    "Arrays",
    "Category",
    "Column",
    "Dataset",
    "DatasetStore",
    "Number",
    "OpenDataset",
    "Phase",
    "Picture",
    "Profile",
    "Progress",
    "Report",
    "Rows",
    "balanced_class_weights",
    "describe",
    "fetch",
    "import_dataset",
    "is_here",
    "loading_script",
    "open_dataset",
    "profile",
    "split",
]
