"""Rasa pipeline components that need neither torch nor TensorFlow."""
