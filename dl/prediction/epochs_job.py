"""What each kept epoch answers, found in a process of its own: `dl.jobs.run_job` says how it is started."""

from dl.jobs.run_job import serve
from dl.prediction.epochs import find_epochs

if __name__ == "__main__":
    serve("epochs", find_epochs)
