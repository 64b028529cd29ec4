"""A comparison as one document to read and pass on, in HTML or Markdown, with its templates."""
