"""Ways to turn files of images into pixels for a training, each a program that prints its seconds."""
