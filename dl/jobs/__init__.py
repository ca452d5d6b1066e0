"""Work in processes of its own: trainings and imports, the executor that starts them and the supervisor of a queue."""
