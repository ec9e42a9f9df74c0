"""Tables of answers in tests: one entry holds all texts of one meaning."""


def each(table: dict[tuple[str, str], str]) -> list[tuple[str, str, str]]:
    """(about, meaning, text) for each text, which "|" or a new line ends."""
    return [
        (about, meaning, text.strip())
        for (about, meaning), texts in table.items()
        for text in texts.strip().replace("\n", "|").split("|")
    ]
