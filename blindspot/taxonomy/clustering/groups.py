"""Groups skills into meta-skills: a hierarchy, cut where it is stable."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from blindspot.taxonomy.clustering.embedding import LINKING_WORDS, Embeddings
from blindspot.taxonomy.reading import lexicon

NAMED_AFTER = 3  # skills that a name lists at most
FEWEST = 4  # skills that can be divided into groups
UNRELATED = 0.999  # the distance of names without a common word, less rounding
DECIMALS = 6  # of heights
RESAMPLES, KEPT = 30, 0.8  # of the skills, and the share of them in each
AS_STABLE = 0.05  # how far below the most stable cut another may lie, in adjusted Rand index

Labels = npt.NDArray[np.intp]


@dataclass(frozen=True)
class MetaSkill:
    """A named group of skills (their names)."""

    name: str
    skills: tuple[str, ...]


def group_skills(names: Sequence[str], seed: int) -> list[MetaSkill]:
    """Returns named groups of the skills with these names; one group where there are fewer than FEWEST.

    The groups are average-linkage clusters. The hierarchy is cut where it is stable: where the same skills stay
    together whichever fifth of the skills is left out. Of cuts that are about equally stable, the one with the best
    silhouette is taken. Skills whose names share no word are never grouped.
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
    """Returns the lexicon's name for the verb that all names share, else the first few names."""
    done = {name.split()[0] for name in names}
    if len(names) > 1 and len(done) == 1 and (known := lexicon.GROUPS.get(*done)):
        return known
    return ", ".join(names[:NAMED_AFTER]) + (" …" if len(names) > NAMED_AFTER else "")


def _cut(distances: Embeddings, seed: int) -> Labels:
    """Returns a group label for each row, by the best cut of the hierarchy below UNRELATED; all differ without one."""
    from sklearn.metrics import silhouette_score

    tree = _tree(distances)
    heights = [height for height in np.unique(tree[:, 2].round(DECIMALS)).tolist() if height < UNRELATED]
    cuts = {height: cut for height in heights if 1 < len({*(cut := _at(tree, height)).tolist()}) < len(distances)}
    if not cuts:
        return np.arange(len(distances))
    stable = _stability(distances, cuts, seed)
    best = [height for height in cuts if stable[height] >= max(stable.values()) - AS_STABLE]
    chosen = max(best, key=lambda height: round(silhouette_score(distances, cuts[height], metric="precomputed"), 9))
    return cuts[chosen]


def _tree(distances: Embeddings) -> Embeddings:
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    tree: Embeddings = linkage(squareform(distances, checks=False), method="average")
    return tree


def _at(tree: Embeddings, height: float) -> Labels:
    """Returns the groups of a hierarchy that is cut at a height."""
    from scipy.cluster.hierarchy import fcluster

    labels: Labels = fcluster(tree, height + 10**-DECIMALS, criterion="distance")
    return labels


def _stability(distances: Embeddings, cuts: Mapping[float, Labels], seed: int) -> dict[float, float]:
    """Returns the mean adjusted Rand index of each cut, by height, with that of RESAMPLES parts of the skills."""
    from sklearn.metrics import adjusted_rand_score

    dice, kept = np.random.default_rng(seed), max(FEWEST - 1, int(len(distances) * KEPT))
    found = defaultdict[float, list[float]](list)
    for _ in range(RESAMPLES):
        part = np.sort(dice.choice(len(distances), kept, replace=False))
        tree = _tree(distances[np.ix_(part, part)])
        for height, cut in cuts.items():
            found[height].append(adjusted_rand_score(cut[part], _at(tree, height)))
    return {height: sum(indices) / RESAMPLES for height, indices in found.items()}


def _distances(names: Sequence[str]) -> Embeddings:
    """Returns cosine distances (skills, skills) between the words of the names; the first, the verb, counts twice."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.metrics.pairwise import cosine_distances

    texts = [f"{name.split()[0]} {name}" for name in names]
    counts = CountVectorizer(token_pattern=r"[^\s(),]+", stop_words=sorted(LINKING_WORDS)).fit_transform(texts)
    distances: Embeddings = np.clip(cosine_distances(counts), 0, None)
    np.fill_diagonal(distances, 0)
    return (distances + distances.T) / 2
