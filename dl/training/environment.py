"""What this process trains with."""

import os
import platform

import keras
import numpy as np
import tensorflow as tf

from dl.runs.environment import Environment


def environment() -> Environment:
    return Environment(
        python=platform.python_version(),
        keras=keras.__version__,
        tensorflow=tf.__version__,
        numpy=np.__version__,
        system=platform.platform(),
        processor=platform.machine(),
        cores=os.cpu_count() or 1,
        gpus=len(tf.config.list_physical_devices("GPU")),
    )
