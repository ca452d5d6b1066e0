"""What makes training faster than Keras's own loop; what of it patches Keras or TensorFlow can be switched off."""
