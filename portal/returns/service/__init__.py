"""The face of the returns for other features; the modules hold the work, each one part of it."""

from portal.returns.service.frames import CELL_COLUMNS, cells_frame

__all__ = ["CELL_COLUMNS", "cells_frame"]
