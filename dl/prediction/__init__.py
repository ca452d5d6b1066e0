"""What a trained network answers, without Keras: in this process, on what is drawn, typed or brought by a file."""
