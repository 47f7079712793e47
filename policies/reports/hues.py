"""The colours of a report, which brings its own styles: those of the pages by day.

Mail clients know no custom properties, and paper has no dark scheme.
"""

from typing import Final

HUES: Final = {
    "enforced": "#0b7261",
    "partial": "#8f5600",
    "missing": "#b42318",
    "indeterminate": "#6d3fc0",
    "up": "#0b7261",
    "down": "#b42318",
    "improvement": "#0b7261",
    "regression": "#b42318",
}
TEXT: Final = "#1b2029"
