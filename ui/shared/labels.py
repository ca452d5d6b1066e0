"""The words of a button that shows only an icon."""

from ui.text import plain

_NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def unseen(words: str) -> str:
    """A label that screen readers read and nobody sees: the description of a picture of one transparent pixel.

    Without words Streamlit calls such a button by its icon, "arrow_upward icon", in every layer and language.
    """
    return f"![{plain(words)}]({_NOTHING})"
