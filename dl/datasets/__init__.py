"""Data sets: the store, the one form they have on disk, and what can be said about them."""

from dl.datasets.archives import Progress
from dl.datasets.catalogue import loading_script
from dl.datasets.columns import Category, Column, Number, Picture
from dl.datasets.description import Dataset, Rows
from dl.datasets.opening import OpenDataset, split
from dl.datasets.profile import Profile
from dl.datasets.store import DatasetStore

__all__ = [
    "Category",
    "Column",
    "Dataset",
    "DatasetStore",
    "Number",
    "OpenDataset",
    "Picture",
    "Profile",
    "Progress",
    "Rows",
    "loading_script",
    "split",
]
