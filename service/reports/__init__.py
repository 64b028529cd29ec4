"""A comparison as one document to read and pass on, as HTML or Markdown."""
