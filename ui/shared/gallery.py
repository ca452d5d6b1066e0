"""Pictures in rows with a line under each, page by page; which page is in the URL."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from ui import state

PIXELS = 84  # of the longer side, in the gallery
FULL_SCREEN_PIXELS = 840  # of the longer side at most, when the picture is opened


def gallery_view(
    pictures: NDArray[np.uint8], value_range: tuple[int, int], captions: Sequence[str], alts: Sequence[str]
) -> None:
    """`captions` may be Markdown, `alts` is plain text."""
    with st.container(horizontal=True, gap="small"):
        for picture, caption, alt in zip(pictures, captions, alts, strict=True):
            width = PIXELS * picture.shape[1] // max(picture.shape[:2])
            st.image(drawing(brightened(picture, value_range)), caption, width=width, alt=alt)


def brightened(picture: NDArray[np.uint8], value_range: tuple[int, int]) -> NDArray[np.uint8]:
    """The values stretched to 0-255."""
    low, high = value_range
    return ((picture.astype(np.float32) - low) * (255 / (high - low))).astype(np.uint8)


def drawing(picture: NDArray[np.uint8]) -> str:
    """An SVG that shows each pixel as a square at any size, so that one sees what the network gets.

    The picture goes into it as it is: the browser enlarges it, and nothing large is sent.
    """
    factor = FULL_SCREEN_PIXELS / max(picture.shape[:2])
    size = f'width="{picture.shape[1] * factor:g}" height="{picture.shape[0] * factor:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image href="{png_address(picture)}" {size} style="image-rendering: pixelated"/></svg>'
    )


def png_address(picture: NDArray[np.uint8]) -> str:
    """An address that holds the whole picture."""
    file = io.BytesIO()
    Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def page_controls(rows: int, per_page: int, key: str) -> slice:
    """Draw the page numbers, if there is more than one, and return which rows to show. A new `key` starts at page 1."""
    pages = max(1, -(-rows // per_page))
    page = state.number_in_url("page", 1, pages) or 1
    if pages > 1:
        page = st.pagination(pages, default=page, key=key, max_visible_pages=5)
    state.put_in_url("page", page if page > 1 else None)
    return slice((page - 1) * per_page, page * per_page)
