from dl.preparation import ColumnsInput


def test_form_has_every_field_but_which_columns_there_are() -> None:
    names = {field.name for field in ColumnsInput.fields()}
    assert names == set(ColumnsInput.model_fields) - {"kind", "columns"}


def test_few_levels_enter_as_one_number_each_and_many_are_embedded() -> None:
    wanted = ColumnsInput(one_hot_levels=9, category_units=8)
    assert [wanted.embedding_units(levels) for levels in (1, 9, 10, 1000)] == [0, 0, 6, 8]


def test_preparation_does_not_depend_on_what_the_network_alone_is_told() -> None:
    assert ColumnsInput(members=8, number_units=3).decisive() == ColumnsInput().decisive()
    assert ColumnsInput(bins=3).decisive() != ColumnsInput().decisive()
