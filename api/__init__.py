"""Plain HTTP beside the pages: what a run does, pushed as it happens, and its curves in any detail.

Starlette only: the server process hands in the runs and what it knows of origins.
"""

from api.live import Live

__all__ = ["Live"]
