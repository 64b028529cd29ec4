"""What charts share: the chart itself, its style, scales, labels and layouts; rendering and its cache."""
