"""What an upload holds before any image is decoded: names, labels, splits, and where the bytes lie."""
