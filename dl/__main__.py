"""`python -m dl`: the same engine without the screen. Results go to stdout, progress and faults to stderr."""

import argparse
import sys

from dl import commands, repeating
from dl.errors import LivefitError
from dl.models import command as models
from dl.processes import leave
from dl.specs.presets import PRESETS, TABLE_PRESETS

CALLED_OTHERWISE = {
    "import": commands.import_table,
    "model": models.model,
    "passport": repeating.passport,
    "reproduce": repeating.reproduce,
}


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="python -m dl", description="Data sets, specifications, training and evaluation."
    )
    home, run, file = (argparse.ArgumentParser(add_help=False) for _ in range(3))
    home.add_argument("--home", help="folder of data sets and runs (default: LIVEFIT_HOME or ~/.livefit)")
    run.add_argument("id", metavar="RUN", help="the number of a run")
    file.add_argument("spec", metavar="SPEC.json", help="a file, or - for standard input")

    verbs = root.add_subparsers(required=True, metavar="command")

    def add(command: str, help: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        verb = verbs.add_parser(command, help=help, parents=parents)
        verb.set_defaults(run=CALLED_OTHERWISE.get(command) or getattr(commands, command))
        return verb

    add("datasets", "list the data sets and whether they are here", home)
    table = add("import", "bring a file of rows as a table; the last line on stdout is one JSON object", home)
    table.add_argument("file", metavar="FILE", help="CSV, Excel, JSON lines, Parquet or a folder of it, or its URL")
    table.add_argument("--target", default="", metavar="COLUMN", help="what to predict (default: the likeliest)")
    table.add_argument("--task", choices=("classification", "regression"), help="default: by what the target holds")
    table.add_argument("--test", default="", metavar="FILE", help="the test rows (default: a fifth of the rows)")
    table.add_argument("--id", metavar="NAME", help="what the data set is called from then on (default: as the file)")
    spec = add("spec", "print a specification as JSON")
    spec.add_argument("--dataset", default="mnist", help="a name from `datasets` (default: %(default)s)")
    spec.add_argument(
        "--preset", choices=[*PRESETS, *TABLE_PRESETS], help="network to start from (default: textbook, or plain)"
    )
    add("train", "train a specification; the last line on stdout is one JSON object", file, home)
    add("resume", "go on with a paused or interrupted run, exactly where it was saved", run, home)
    add("evaluate", "print the scores of a run as JSON", run, home)
    answers = add("predict", "give a file of rows back with the answers of a run's network, as CSV", run, home)
    answers.add_argument("file", metavar="FILE", help="CSV, Excel, JSON lines or Parquet with the run's columns")
    answers.add_argument("--out", metavar="FILE", help="where to write it (default: standard output)")
    model = add("model", "look into a model from others, load it with limits, and print what it is as JSON", home)
    model.add_argument("file", metavar="FILE.keras", help="as Keras 3 saves it")
    add("script", "print the Keras script of a specification", file)
    add("passport", "print all that another Livefit needs to repeat a run, and what came of it", run, home)
    repeat = add("reproduce", "repeat the run of a passport; exits with 0 when the same comes out", home)
    repeat.add_argument("passport", metavar="PASSPORT.json", help="a file, or - for standard input")
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
