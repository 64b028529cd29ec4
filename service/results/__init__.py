"""From rows and artifacts to the plain data that analysis, charts and reports take."""
