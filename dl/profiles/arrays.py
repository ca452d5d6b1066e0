"""From Arrow to numpy without pyarrow's own ways, which import pandas: that takes a second and 45 MB."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True)
class WordArray:
    """`places` (rows,) in `names`, which are all different; -1 where missing."""

    places: NDArray[np.int32]
    dictionary: pa.Array

    @cached_property
    def names(self) -> list[str]:
        return list(self.dictionary.to_pylist())


def numbers_of(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """float64 with NaN for null; not to be written to."""
    array = _whole(column)
    values = _values(array, np.float64)
    return values if (known := _known(array)) is None else np.where(known, values, np.nan)


def hashes_of_column(column: pa.ChunkedArray) -> NDArray[np.uint64]:
    return _values(_whole(column), np.uint64)


def words_of(column: pa.ChunkedArray) -> WordArray:
    encoded = _whole(column).dictionary_encode()
    places = _values(encoded.indices, np.int32)
    known = _known(encoded.indices)
    return WordArray(places if known is None else np.where(known, places, np.int32(-1)), encoded.dictionary)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _values(array: pa.Array, dtype: DTypeLike) -> NDArray[Any]:
    """What lies under nulls is anything."""
    content, dtype = array.buffers()[1], np.dtype(dtype)
    if content is None:
        return np.zeros(len(array), dtype)
    return np.frombuffer(content, dtype, len(array), array.offset * dtype.itemsize)


def _known(array: pa.Array) -> NDArray[np.bool_] | None:
    """None where all are."""
    if not array.null_count:
        return None
    bits = np.frombuffer(array.buffers()[0], np.uint8)
    return np.unpackbits(bits, count=array.offset + len(array), bitorder="little")[array.offset :].astype(bool)
