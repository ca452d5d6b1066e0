"""The one package that imports Keras: builds, trains, evaluates and predicts, inside a worker process."""
