"""The picture of a network: a row of text and a drawing for every layer, whatever the layer."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import plotly.graph_objects as go
import pytest

from dl.specs.summary import LayerRow
from ui.charts.network import NetworkLabels, network_picture

LABELS = NetworkLabels("Input", "{count} parameters", {})


def row(type: str, output_shape: tuple[int, ...], parameters: int = 0) -> LayerRow:
    return LayerRow(type, output_shape, parameters, parameters)


def picture(rows: Sequence[LayerRow], input_shape: tuple[int, ...], labels: NetworkLabels = LABELS) -> go.Figure:
    return network_picture(rows, input_shape, labels=labels)


TEXTBOOK = (
    row("Rescaling", (28, 28, 1)),
    row("Flatten", (784,)),
    row("Dense", (128,), 100_480),
    row("Dense", (10,), 1290),
)


def circles(figure: go.Figure) -> int:
    return sum(shape.type == "circle" for shape in figure.layout.shapes)


def texts(figure: go.Figure) -> list[str]:
    return [text.text for text in figure.layout.annotations]


def test_every_layer_has_its_name_and_shape() -> None:
    found = texts(picture(TEXTBOOK, (28, 28, 1)))
    assert found[:4] == ["<b>Input</b>", "28 × 28 × 1", "<b>Rescaling</b>", "28 × 28 × 1"]
    assert {"<b>Flatten</b>", "784", "<b>Dense</b>", "128", "10"} <= set(found)


def test_parameters_are_told_under_the_pointer() -> None:
    hover = picture(TEXTBOOK, (28, 28, 1), labels=replace(LABELS, parameters="{count} 个参数")).data[0].text
    assert hover[3] == "<b>Dense</b><br>128<br>100,480 个参数"


def test_layers_are_named_as_the_labels_say() -> None:
    found = texts(picture(TEXTBOOK, (28, 28, 1), labels=replace(LABELS, input="输入", layers={"Dense": "全连接层"})))
    assert "<b>输入</b>" in found and "<b>全连接层</b>" in found and "<b>Flatten</b>" in found


def test_neurons_are_all_drawn_up_to_ten_and_abbreviated_beyond() -> None:
    assert circles(picture([row("Dense", (10,))], (784,))) == 10 + 8
    assert circles(picture([row("Dense", (3,))], (4,))) == 4 + 3
    assert texts(picture([row("Dense", (11,))], (4,))).count("···") == 1


def test_every_neuron_is_connected_with_every_neuron_of_the_next_layer() -> None:
    figure = picture([row("Dense", (3,))], (4,))
    lines = [shape for shape in figure.layout.shapes if shape.type == "path"]
    assert len(lines) == 1 and lines[0].path.count("M") == 4 * 3


def test_feature_maps_are_stacked_and_shrink_with_pooling() -> None:
    figure = picture([row("Conv2D", (26, 26, 32)), row("MaxPooling2D", (13, 13, 32))], (28, 28, 1))
    sides = [shape.x1 - shape.x0 for shape in figure.layout.shapes if shape.type == "rect"]
    assert len(sides) == 1 + 5 + 5
    assert sides[0] > sides[1] > sides[-1]


@pytest.mark.parametrize(
    "name", ["Dropout", "BatchNormalization", "Activation", "GlobalAveragePooling2D", "Unheard<Of>"]
)
def test_any_layer_can_be_drawn(name: str) -> None:
    figure = picture([row(name, (8, 8, 4)), row("Flatten", (256,)), row(name, (256,)), row("Dense", (1,))], (8, 8, 4))
    assert len(figure.layout.shapes) > 8
    assert not any("<Of>" in text for text in texts(figure))


def test_picture_of_the_input_alone_is_drawn_when_there_is_no_layer() -> None:
    assert texts(picture([], (8, 8, 1))) == ["<b>Input</b>", "8 × 8 × 1"]


def test_picture_fits_a_phone() -> None:
    figure = picture(TEXTBOOK, (28, 28, 1))
    ends = [x for shape in figure.layout.shapes if shape.type != "path" for x in (shape.x0, shape.x1)]
    assert max(ends) <= 172 and min(ends) >= -60
    assert min(text.xshift for text in figure.layout.annotations) == -172


def test_layers_follow_each_other_downwards_without_touching() -> None:
    figure = picture(TEXTBOOK, (28, 28, 1))
    middles = figure.data[0].y
    assert all(above - below > 20 for above, below in pairwise(middles))
    assert middles[-1] > figure.layout.yaxis.range[0]
