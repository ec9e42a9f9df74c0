"""Other rewards for the same training: Blindspot's without the validity check, and VisPlay's (arXiv 2511.15661)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from blindspot.protocols import Target
from blindspot.records.answer import Sampling
from blindspot.records.image import Image
from blindspot.records.verdict import VALID, Verdict
from blindspot.rewards.components import COMPONENTS
from blindspot.rewards.trl import Reward

VOTES = 4  # answers sampled per question, at temperature 1
MAX_DISTANCE = 0.5  # 1 − BLEU; clusters are merged up to this distance


class Unchecked(Reward):
    """Blindspot's reward, except that an invalid question counts as a failure."""

    def components(
        self, images: Sequence[Image], questions: Sequence[str], verdicts: Sequence[Verdict], targets: Sequence[Target]
    ) -> dict[str, list[float | None]]:
        """Returns every component for every question."""
        unchecked = [replace(one, outcome="failure") if one.outcome == "invalid" else one for one in verdicts]
        return super().components(images, questions, unchecked, targets)


class VisPlay(Reward):
    """VisPlay's reward: the candidate's uncertainty minus the share of similarly worded questions in the batch.

    Uncertainty is min(s, 1 − s), where s is the share of the most frequent answer among VOTES sampled answers. It is
    the component `failure`; the negative share is `lexical_diversity`; `semantic_diversity` is 0. An invalid question
    gets −1 in place of the uncertainty, as the component `invalid`.
    """

    calls = 1 + VOTES

    def components(
        self, images: Sequence[Image], questions: Sequence[str], verdicts: Sequence[Verdict], targets: Sequence[Target]
    ) -> dict[str, list[float | None]]:
        """Returns every component for every question. The sampled answers are calls of the candidate, not judged."""
        valid = [index for index, verdict in enumerate(verdicts) if verdict.outcome in VALID]
        uncertainty = self._uncertainty([images[i] for i in valid], [questions[i] for i in valid])
        by_index = dict(zip(valid, uncertainty, strict=True))
        found: dict[str, list[float | None]] = {name: [] for name in COMPONENTS}
        for index, (verdict, share) in enumerate(zip(verdicts, cluster_shares(questions), strict=True)):
            row = (by_index.get(index, 0.0), 0.0, -share, -1.0 if verdict.outcome == "invalid" else 0.0)
            for name, value in zip(COMPONENTS, row, strict=True):
                found[name].append(None if verdict.outcome == "unscored" else value)
        return found

    def _uncertainty(self, images: Sequence[Image], questions: Sequence[str]) -> list[float]:
        votes = [self.candidate.answer(images, questions, Sampling(1.0, seed)) for seed in range(VOTES)]
        self.meter.spend(VOTES * len(questions), 0)
        shares = [
            max(Counter(answer.text for answer in of_one).values()) / VOTES for of_one in zip(*votes, strict=True)
        ]
        return [min(share, 1 - share) for share in shares]


def cluster_shares(questions: Sequence[str]) -> list[float]:
    """Returns the share of the questions that are in the same cluster as each question, itself included.

    Clusters: average linkage with distance 1 − BLEU, up to MAX_DISTANCE.
    """
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
    from sklearn.cluster import AgglomerativeClustering

    if len(questions) < 2:
        return [1.0] * len(questions)
    words, smooth = [question.split() for question in questions], SmoothingFunction().method1
    bleu = np.array([[sentence_bleu([one], other, smoothing_function=smooth) for one in words] for other in words])
    distances = 1 - (bleu + bleu.T) / 2
    np.fill_diagonal(distances, 0)
    clustering = AgglomerativeClustering(
        None, metric="precomputed", linkage="average", distance_threshold=MAX_DISTANCE
    )
    labels = clustering.fit_predict(distances).tolist()
    sizes = Counter(labels)
    return [sizes[label] / len(labels) for label in labels]
