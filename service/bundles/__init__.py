"""A model as a zip to use elsewhere: graph, preprocessing, class names, a program, and a model card."""
