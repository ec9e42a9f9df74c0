"""Meta-skills: a hierarchy over skills, cut where it is stable, its groups named."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from blindspot.skills import lexicon
from blindspot.skills.embedding import LINKING_WORDS, Embeddings

NAMED_AFTER = 3  # skills that a name lists at most
FEWEST = 4  # skills; among fewer there are no groups to be told apart
RESAMPLES, KEPT = 30, 0.8  # of the skills, and the share of them in each
AS_STABLE = 0.05  # adjusted Rand index that a cut may lie below the most stable one

Labels = npt.NDArray[np.intp]


@dataclass(frozen=True)
class MetaSkill:
    """A named group of skills (their names)."""

    name: str
    skills: tuple[str, ...]


def group_skills(names: Sequence[str], seed: int) -> list[MetaSkill]:
    """Named groups of the skills with these names, at most half as many as skills.

    They are average-linkage clusters. The hierarchy is cut where it is stable: where the same skills stay together
    whichever fifth of the skills is left out. Of cuts that are about as stable the one with the best silhouette is
    taken.
    """
    groups: dict[int, list[str]] = defaultdict(list)
    labels = _cut(_distances(names), seed).tolist() if len(names) >= FEWEST else [0] * len(names)
    for name, label in zip(names, labels, strict=True):
        groups[label].append(name)
    named: dict[str, list[str]] = defaultdict(list)
    for members in groups.values():
        named[group_name(members)] += members
    return [MetaSkill(name, tuple(sorted(members))) for name, members in sorted(named.items())]


def group_name(names: Sequence[str]) -> str:
    """The lexicon's name for what is done in all of them, else the first few names."""
    done = {name.split()[0] for name in names}
    if len(names) > 1 and len(done) == 1 and (known := lexicon.GROUPS.get(*done)):
        return known
    return ", ".join(names[:NAMED_AFTER]) + (" …" if len(names) > NAMED_AFTER else "")


def _cut(distances: Embeddings, seed: int) -> Labels:
    """A group label for each row."""
    from sklearn.metrics import silhouette_score

    cuts = _cuts(distances, len(distances) // 2)
    stable = _stability(distances, cuts, seed)
    silhouettes = np.array(
        [round(silhouette_score(distances, cut, metric="precomputed"), 9) if len({*cut}) > 1 else -1 for cut in cuts]
    )
    return cuts[int(np.argmax(np.where(stable >= stable.max() - AS_STABLE, silhouettes, -2)))]


def _cuts(distances: Embeddings, most: int) -> list[Labels]:
    """The hierarchy cut into 2, 3, … `most` groups."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    tree = linkage(squareform(distances, checks=False), method="average")
    return [fcluster(tree, number, criterion="maxclust") for number in range(2, most + 1)]


def _stability(distances: Embeddings, cuts: Sequence[Labels], seed: int) -> npt.NDArray[np.float64]:
    """Of each cut the mean adjusted Rand index between it and the same cut of RESAMPLES parts of the skills."""
    from sklearn.metrics import adjusted_rand_score

    dice, kept = np.random.default_rng(seed), max(FEWEST - 1, int(len(distances) * KEPT))
    found = np.zeros((RESAMPLES, len(cuts)))
    for row in found:
        part = np.sort(dice.choice(len(distances), kept, replace=False))
        again = _cuts(distances[np.ix_(part, part)], len(cuts) + 1)
        row[:] = [adjusted_rand_score(cut[part], other) for cut, other in zip(cuts, again, strict=True)]
    mean: npt.NDArray[np.float64] = found.mean(axis=0)
    return mean


def _distances(names: Sequence[str]) -> Embeddings:
    """Cosine distances (skills, skills) between the words of their names; the first, what is done, counts twice."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.metrics.pairwise import cosine_distances

    texts = [f"{name.split()[0]} {name}" for name in names]
    counts = CountVectorizer(token_pattern=r"[^\s(),]+", stop_words=sorted(LINKING_WORDS)).fit_transform(texts)
    distances: Embeddings = np.clip(cosine_distances(counts), 0, None)
    np.fill_diagonal(distances, 0)
    return (distances + distances.T) / 2
