"""`python -m dl`: the same engine without the screen. Results go to stdout, progress and faults to stderr."""

import argparse
import sys

from dl import commands
from dl.errors import LivefitError
from dl.processes import leave
from dl.specs.presets import PRESETS


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="python -m dl", description="Data sets, specifications, training and evaluation."
    )
    verbs = root.add_subparsers(required=True, metavar="command")

    datasets = verbs.add_parser("datasets", help="list the data sets and whether they are here")
    datasets.add_argument("--home", help="folder of data sets and runs (default: LIVEFIT_HOME or ~/.livefit)")
    datasets.set_defaults(run=commands.datasets)

    spec = verbs.add_parser("spec", help="print a specification as JSON")
    spec.add_argument("--dataset", default="mnist", help="a name from `datasets` (default: %(default)s)")
    spec.add_argument(
        "--preset", default="textbook", choices=PRESETS, help="network to start from (default: %(default)s)"
    )
    spec.set_defaults(run=commands.spec)

    train = verbs.add_parser("train", help="train a specification; the last line on stdout is one JSON object")
    train.add_argument("spec", metavar="SPEC.json", help="a file, or - for standard input")
    train.add_argument("--home", help="folder of data sets and runs (default: LIVEFIT_HOME or ~/.livefit)")
    train.set_defaults(run=commands.train)

    resume = verbs.add_parser("resume", help="go on with a paused or interrupted run, exactly where it was saved")
    resume.add_argument("id", metavar="RUN", help="the number of a run")
    resume.add_argument("--home", help="folder of data sets and runs (default: LIVEFIT_HOME or ~/.livefit)")
    resume.set_defaults(run=commands.resume)

    evaluate = verbs.add_parser("evaluate", help="print the scores of a run as JSON")
    evaluate.add_argument("id", metavar="RUN", help="the number of a run")
    evaluate.add_argument("--home", help="folder of data sets and runs (default: LIVEFIT_HOME or ~/.livefit)")
    evaluate.set_defaults(run=commands.evaluate)

    script = verbs.add_parser("script", help="print the Keras script of a specification")
    script.add_argument("spec", metavar="SPEC.json", help="a file, or - for standard input")
    script.set_defaults(run=commands.script)
    return root


def main() -> int:
    arguments = parser().parse_args()
    try:
        return arguments.run(arguments)
    except LivefitError as error:
        print(f"error: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return commands.INTERRUPTED_BY_USER
    except OSError as error:
        print(f"error: {error.strerror}: {error.filename}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    leave(main())
