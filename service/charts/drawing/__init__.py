"""What charts share: style, axes, grids and rows; figures rendered to bytes, and the cache of them."""
