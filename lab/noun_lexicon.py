"""Builds the noun lexicon of the reader from Open English WordNet.

`python -m lab.noun_lexicon FOLDER` reads `src/yaml` of a checkout of the repository globalwordnet/english-wordnet and
writes `blindspot/taxonomy/reading/nouns.txt`. A noun is kept if its first sense is something that a picture can show.
"""

import argparse
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

OUTPUT = Path(__file__).parents[1] / "blindspot/taxonomy/reading/nouns.txt"
#: number of a lexicographer file → its name; the sense keys of WordNet contain the number
VISIBLE = {5: "animal", 6: "artifact", 8: "body", 13: "food", 17: "object", 18: "person", 20: "plant", 27: "substance"}
WORD = re.compile(r"[a-z][a-z-]*")
COMPOUND = re.compile(r"[a-z][a-z-]* [a-z][a-z-]*(?: [a-z][a-z-]*)?")
NO_COMPOUNDS = ("plant", "substance")  # thousands of names of species and chemicals
HEADER = """\
# Nouns whose first sense in Open English WordNet is something that a picture can show. Made by lab/noun_lexicon.py.
# Source: Open English WordNet ({edition}), CC BY 4.0, derived from Princeton WordNet, © Princeton University.
# "verb": also a verb. "weak": more often an adjective, an adverb or a verb.
"""
Senses = Mapping[str, list[int]]  # part of speech → the lexicographer file of each sense


def main() -> None:
    """Writes the lexicon."""
    parser = argparse.ArgumentParser(prog="python -m lab.noun_lexicon", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="a checkout of globalwordnet/english-wordnet")
    parser.add_argument("--edition", required=True, help="its release or commit, for the header")
    arguments = parser.parse_args()
    groups: dict[str, list[str]] = {}
    for lemma, senses in entries(arguments.folder):
        if key := group(lemma, senses):
            groups.setdefault(key, []).append(lemma.replace(" ", "_"))
    OUTPUT.write_text(HEADER.format(edition=arguments.edition) + "".join(sections(groups)), encoding="utf-8")


def entries(folder: Path) -> Iterator[tuple[str, Senses]]:
    """Yields each lemma with its senses, by part of speech."""
    for file in sorted((folder / "src/yaml").glob("entries-*.yaml")):
        for lemma, parts in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader).items():
            senses: dict[str, list[int]] = {}
            for part, entry in parts.items():
                keys = [sense["id"].split("%")[1] for sense in entry["sense"]]
                senses.setdefault(part[0], []).extend(int(key.split(":")[1]) for key in keys)
            yield str(lemma), senses


def group(lemma: str, senses: Senses) -> str | None:
    """Returns the section of a lemma, such as "artifact verb", or None if it names nothing that a picture can show."""
    nouns = senses.get("n", [])
    name = VISIBLE.get(nouns[0]) if nouns else None
    if name is None or not (WORD.fullmatch(lemma) or (COMPOUND.fullmatch(lemma) and name not in NO_COMPOUNDS)):
        return None
    adjectives, adverbs, verbs = (sum(len(senses.get(part, [])) for part in parts) for parts in ("as", "r", "v"))
    weak = adjectives >= len(nouns) or adverbs >= len(nouns) or verbs >= 2 * len(nouns)
    return " ".join([name, *["verb"] * bool(verbs), *["weak"] * weak])


def sections(groups: Mapping[str, list[str]]) -> Iterator[str]:
    """Yields the text of each section: a heading and the words in alphabetical order."""
    for key in sorted(groups):
        words = " ".join(sorted(groups[key]))
        yield f"[{key}]\n" + textwrap.fill(words, 119, break_on_hyphens=False, break_long_words=False) + "\n"


if __name__ == "__main__":
    main()
