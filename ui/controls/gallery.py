"""Pictures in rows with a line under each, page by page; which page is in the URL."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

PIXELS = 168  # of the longer side, as sent; shown at half of that, so that it is sharp on fine screens too


def number_in_url(name: str, low: int, high: int) -> int | None:
    """A URL may hold anything: what is not a number from `low` to `high` counts as not there."""
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 and low <= int(text) <= high else None


def put_in_url(name: str, value: str | int | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != str(value):
        st.query_params[name] = str(value)


def gallery_view(
    pictures: NDArray[np.uint8], value_range: tuple[int, int], captions: Sequence[str], alts: Sequence[str]
) -> None:
    """`captions` may be Markdown, `alts` is plain text."""
    with st.container(horizontal=True, gap="small"):
        for picture, caption, alt in zip(pictures, captions, alts, strict=True):
            large = enlarged(picture, value_range)
            st.image(large, caption, width=large.shape[1] // 2, alt=alt, output_format="PNG")


def enlarged(picture: NDArray[np.uint8], value_range: tuple[int, int]) -> NDArray[np.uint8]:
    """Each pixel becomes a square, so that one sees what the network gets; values are stretched to 0-255."""
    low, high = value_range
    factor = max(1, PIXELS // max(picture.shape[:2]))
    bright = ((picture.astype(np.float32) - low) * (255 / (high - low))).astype(np.uint8)
    large: NDArray[Any] = bright.repeat(factor, axis=0).repeat(factor, axis=1)
    return large[..., 0] if large.shape[-1] == 1 else large


def page_controls(rows: int, per_page: int, key: str) -> slice:
    """Draw the page numbers, if there is more than one, and return which rows to show. A new `key` starts at page 1."""
    pages = max(1, -(-rows // per_page))
    page = number_in_url("page", 1, pages) or 1
    if pages > 1:
        page = st.pagination(pages, default=page, key=key, max_visible_pages=5)
    put_in_url("page", page if page > 1 else None)
    return slice((page - 1) * per_page, page * per_page)
