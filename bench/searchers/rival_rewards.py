"""Rewards that ours is compared with: ours without the check of validity, and VisPlay's (arXiv 2511.15661)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from blindspot.protocols import Target
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.records.verdict import VALID, Verdict
from blindspot.rewards.components import COMPONENTS
from blindspot.rewards.trl import Reward

VOTES = 4  # answers sampled for each question, at temperature 1
APART = 0.5  # the distance, 1 − BLEU, from which two clusters stay apart


class Unchecked(Reward):
    """Ours, to which an invalid question is a failure like any other."""

    def components(
        self, images: Sequence[Image], questions: Sequence[str], verdicts: Sequence[Verdict], targets: Sequence[Target]
    ) -> dict[str, list[float | None]]:
        """Every component for every question."""
        seen = [replace(one, outcome="failure") if one.outcome == "invalid" else one for one in verdicts]
        return super().components(images, questions, seen, targets)


class VisPlay(Reward):
    """How unsure the candidate is, less the share of the batch that is worded alike; −1, less that, if invalid.

    Unsure: min(s, 1 − s) of the share s of VOTES sampled answers that are the most frequent one. It comes as the
    component `failure`, and the share, negative, as `lexical_diversity`; `semantic_diversity` is 0.
    """

    calls = 1 + VOTES

    def components(
        self, images: Sequence[Image], questions: Sequence[str], verdicts: Sequence[Verdict], targets: Sequence[Target]
    ) -> dict[str, list[float | None]]:
        """Every component for every question; only the answers that are judged are counted by the judge."""
        valid = [place for place, verdict in enumerate(verdicts) if verdict.outcome in VALID]
        doubts = dict(zip(valid, self._doubts([images[p] for p in valid], [questions[p] for p in valid]), strict=True))
        found: dict[str, list[float | None]] = {name: [] for name in COMPONENTS}
        for place, (verdict, alike) in enumerate(zip(verdicts, cluster_shares(questions), strict=True)):
            row = (doubts.get(place, 0.0), 0.0, -alike, -1.0 if verdict.outcome == "invalid" else 0.0)
            for name, value in zip(COMPONENTS, row, strict=True):
                found[name].append(None if verdict.outcome == "unscored" else value)
        return found

    def _doubts(self, images: Sequence[Image], questions: Sequence[str]) -> list[float]:
        votes = [self.candidate.answer(images, questions, Sampling(1.0, seed)) for seed in range(VOTES)]
        self.meter.spend(VOTES * len(questions), 0)
        shares = [
            max(Counter(answer.text for answer in of_one).values()) / VOTES for of_one in zip(*votes, strict=True)
        ]
        return [min(share, 1 - share) for share in shares]


def cluster_shares(questions: Sequence[str]) -> list[float]:
    """Of each question the share of all that lie in its cluster (average linkage, by 1 − BLEU up to APART)."""
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
    from sklearn.cluster import AgglomerativeClustering

    if len(questions) < 2:
        return [1.0] * len(questions)
    words, smooth = [question.split() for question in questions], SmoothingFunction().method1
    bleu = np.array([[sentence_bleu([one], other, smoothing_function=smooth) for one in words] for other in words])
    distances = 1 - (bleu + bleu.T) / 2
    np.fill_diagonal(distances, 0)
    clustering = AgglomerativeClustering(None, metric="precomputed", linkage="average", distance_threshold=APART)
    labels = clustering.fit_predict(distances).tolist()
    sizes = Counter(labels)
    return [sizes[label] / len(labels) for label in labels]
