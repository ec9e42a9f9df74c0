"""Tables of answers for tests: one entry holds all texts with the same meaning."""


def each(table: dict[tuple[str, str], str]) -> list[tuple[str, str, str]]:
    """Returns (key, meaning, text) for each text. Texts are separated by "|" or a line end."""
    return [
        (key, meaning, text.strip())
        for (key, meaning), texts in table.items()
        for text in texts.strip().replace("\n", "|").split("|")
    ]
