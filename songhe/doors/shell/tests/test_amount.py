from songhe.doors.shell.amount import capitals, figures


def test_figures_have_a_sign_thousands_and_two_decimals():
    assert figures(123450) == "¥1,234.50"
    assert figures(-5) == "−¥0.05"
    assert figures(0) == "¥0.00"


def test_pages_write_capitals_as_letters_do():
    assert capitals(123450) == "壹仟贰佰叁拾肆元伍角整"
