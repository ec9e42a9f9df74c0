"""Tests which final answer is found in a reply."""

import pytest

from blindspot.grading.answer_text import final_answer, no_answer_reason


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("cat", "cat"),
        (" **cat** ", "cat"),
        ("Answer: cat", "cat"),
        ("Answer: cat\nExplanation: it has whiskers", "cat"),
        ("**Answer:** cat", "cat"),
        ("I see ears. The answer is cat.", "cat."),
        ("The answer is dog. No: the final answer is cat", "cat"),
        ("The answer to the question is: cat", "cat"),
        ('{"answer": "cat"}', "cat"),
        ('```json\n{"answer": "cat", "confidence": 0.9}\n```', "cat"),
        ('{"reasoning": "the answer: dog", "final_answer": "cat"}', "cat"),
        ('{"answer": true}', "yes"),
        ('{"answer": 4.0}', "4"),
        ('{"colour": "red"}', "red"),
        ('{"x": 1, "y": 2}', '{"x": 1, "y": 2}'),
        ("<answer>cat</answer>", "cat"),
        ("<answer>dog</answer> no <answer>cat", "cat"),
        ("So \\boxed{4}.", "4"),
        ("\\boxed{\\text{cat}}", "cat"),
        ("<think>dog</think>cat", "cat"),
        ("a dog?</think>cat", "cat"),
        ("<think>cat", ""),
        ("<|begin_of_box|>4<|end_of_box|>", "4"),
        ("cat<|im_end|>", "cat"),
        ("答案是：猫", "猫"),
        ("Answer:", "Answer:"),
        ("The answer", "The answer"),
        ("", ""),
    ],
)
def test_final_answer(reply: str, answer: str) -> None:
    assert final_answer(reply) == answer


def test_the_start_and_the_end_of_a_long_reply_are_read() -> None:
    words = "word " * 10_000
    assert final_answer(f"{words}\nAnswer: cat") == "cat"
    assert final_answer(f"Yes. {words}").startswith("Yes. word")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I apologize, but no image has been uploaded to our conversation.", "no image"),
        ("I'm sorry, I can't assist with that request.", "refused"),
        ("There is no image on the wall.", None),
        ("I can see a photo of a man.", None),
        ("No.", None),
        ("cat", None),
    ],
)
def test_replies_that_are_no_answer(answer: str, reason: str | None) -> None:
    assert no_answer_reason(answer) == reason
