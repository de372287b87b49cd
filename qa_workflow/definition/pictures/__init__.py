"""A workflow to look at: as a list of moves, as mermaid text, as SVG."""
