"""Tests that the plain answers of large models are understood in all their wordings."""

import pytest

from blindspot.scenes.answers import understand
from blindspot.scenes.question import ANSWERS
from tests.scenes.tables import each

#: {(answer kind, meaning): texts}; read without the question.
READ = {
    ("yes_no", "yes"): """
        Yes, there is a red star in the image. | Yes - there is. | Yes: the circle is above the square. | **Yes**
        **Yes**, there is a red star. | \\boxed{yes} | \\boxed{\\text{Yes}} | <answer>yes</answer>
        <answer>Yes.</answer> | Answer - yes | Answer: Yes | Final answer: yes | The answer is yes.
        Final Answer: **Yes** | `yes` | "Yes" | (a) Yes | A. Yes | Well, yes. | Certainly! | Definitely.
        Of course. | Yes, absolutely. | True. | Correct. | affirmative | ✅ Yes | Yes, both are red.
        Yes, they are the same color. | Yes, they are both red. | Yes, there are more circles than stars.
        Yes, there are 3 circles and 2 stars. | Yes, the small red star is to the right of the blue circle.
        They are both large, so yes. | There are 3 circles and 2 stars. So yes.
        There are 3 circles and 2 stars, therefore yes. | The circle is in the top row: yes. | Is there a star? Yes.
        Is there a red star in the image? Yes, there is. | Question: is there a star? Answer: yes
        Yes there is a red star | yes it is | yes they are | In the image, yes.
        Looking at the image, yes, there is a star. | I think yes.
        Yes, I can see a red star in the bottom left corner. | Yes, of course. | Yes, without a doubt.
        Yes. The red star is located in the upper-left part of the image. | {"answer": "yes"} | Yes 😊
        Yes, there are three. | Both the star and the circle are red, so yes.
    """,
    ("yes_no", "no"): """
        No, the red star is to the left of the circle. | No. | **No** | No, there is no red star in the image.
        No, there are no red stars. | No, there isn't a red star in the image. | There is no red star in the image.
        There are no red stars in the image. | I do not see any red stars in the image. | I don't see a red star.
        No, they are different colors. | They are different colours, so no.
        No, the star is red and the circle is blue. | The star is red and the circle is blue, so no.
        No, it's blue. | No, it is not. | No, they are not. | No, they aren't. | No - there isn't. | no there is not
        no there are not | \\boxed{no} | <answer>No</answer> | Final answer: no | Answer: B) No | (b) no
        Definitely not. | Absolutely not. | Certainly not! | Of course not. | Not at all. | Nope | Nah | False.
        Incorrect. | That is not true. | They are not the same. | They do not have the same size.
        The star is not to the left of the circle. | It isn't | ❌ No | No, I don't see any stars.
        No, I can't see one. | No, the circle is not above the star. | There are none in the image. | None.
        No, there are fewer circles than stars. | No, there are 2 circles and 3 stars. | Is there a star? No.
        No, they have different shapes. | The circle is below the star. No. | There is no green thing here.
        The image does not contain a red star. | No, neither of them is. | No red stars are visible.
    """,
    ("number", "3"): """
        There are three stars in the picture. | I see 3 stars. | I can see 3 red stars. | 3 stars | Three stars.
        There are 3 red stars in the image. | 3. | **3** | **Three** | \\boxed{3} | $\\boxed{3}$
        \\boxed{\\text{3}} | \\(3\\) | <answer>3</answer> | <answer>three</answer> | Answer: 3 | Answer: **3**
        The answer is 3. | Final answer: 3 | Final Answer: three | Answer: B) 3 | (b) 3 | B. 3 | 3 (three)
        Three (3) | There are three (3) stars. | 3.0 | `3` | "3" | There are exactly 3 stars.
        There are a total of 3 stars in the image. | There are 3 stars in total. | 3 in total
        In total, there are 3 stars. | The total number of stars is 3. | The number of red stars is 3.
        Number of stars: 3 | Stars: 3 | Count: 3 | Total: 3 | I count 3. | The image contains 3 stars.
        The image shows three red stars. | 3 stars (2 red, 1 blue) | 3 stars: two small and one large
        There are 3 stars: a red one, a blue one, and a green one. | 2 red and 1 blue, so 3.
        2 red stars and 1 blue star, for a total of 3 stars. | {"count": 3} | {"answer": 3}
        There are 3 stars visible in the image. | How many stars are there? 3
        How many stars are there? There are three. | Yes, there are 3. | There're 3 stars. | 3 😊 | 3️⃣ | It is 3.
        So, there are 3 stars. | There are 9 shapes; 3 of them are stars. Answer: 3 | I think there are 3 stars.
        3 small circles | about 3 | There are only three stars. | Approximately 3
    """,
    ("number", "0"): """
        There are no red stars in the image. | There are zero stars. | 0 stars | None of them | No stars.
        I do not see any red stars in the image. | There aren't any stars in the picture. | No red stars are there
        There are 0. | 0 (zero) | 0 (none) | **0** | \\boxed{0} | The image contains no stars. | I see no stars.
        Zero. | There is no circle. | The answer is 0. | Answer: zero | There are none.
        I don't see any stars in the image. | No, there are none.
    """,
    ("number", "1"): """
        There is one star. | There is one red star in the image. | There is only one star. | Only one. | Just one
        a single star | There is a red star in the image. | There is 1 star. | 1 star | I see one.
        I can see a star. | There is exactly one. | 1 (one) | There's just one red star.
    """,
    ("number", "2"): """
        Both | Both of them | 2 circles (one red, one blue) | There are two circles, one red and one blue.
        Two: one small and one large | 2 (a small one and a large one) | There are 2 stars - one red and one blue.
    """,
    ("number", "21"): """
        twenty-one | Twenty one stars | 21
    """,
    ("number", "other"): """
        red | yes
    """,
    ("colour", "red"): """
        red | Red. | **Red** | The star is red. | The large star is red. | It is red. | It's red.
        The color of the star is red. | The colour is red. | The star's colour is red. | \\boxed{red}
        \\boxed{\\text{Red}} | <answer>red</answer> | Answer: red | Final answer: red | Answer: (b) red | (b) red
        B) Red | b. red | `red` | "red" | Color: red | a bright red | dark red | It is a red star.
        There is a red star. | The circle left of the blue square is red.
        The thing to the left of the blue circle is red. | The star to the right of the large blue circle is red.
        The star below the green square is red in color. | The leftmost star is red. | The leftmost thing is red.
        The topmost object in the image is red. | crimson | scarlet | What color is the star? Red.
        What colour is the star? It is red. | Red is the colour of the star. | It appears to be red.
        The star appears red. | It looks red. | The star has a red color. | red, of course | {"color": "red"}
        {"answer": "red"} | The object is colored red. | It is red and large. | The star is small and red.
        I think it is red. | a red one | The red one. | The star is coloured red.
        Reasoning: it looks blue at first. Final answer: red | No, it is red. | The shape is red. | A shade of red.
        The small star is red 😊
    """,
    ("colour", "purple"): """
        Purple/violet | violet | purple (violet) | The star is purple. | Violet.
    """,
    ("colour", "other"): """
        pink | It is black. | The star is black. | 3 | three stars | It is a star.
    """,
    ("shape", "star"): """
        It's a star | It is a star. | A star. | The shape is a star. | The red object is a star.
        The shape of the red object is a star. | A five-pointed star | a pentagram | 5-pointed star | \\boxed{star}
        **Star** | Shape: star | The leftmost object is a star. | The red shape is a star. | star-shaped
        It is star-shaped. | It is shaped like a star. | It looks like a star.
        The thing to the left of the circle is a star. | The object above the blue square is a small red star.
        It has the shape of a star. | What shape is the red thing? A star. | The large thing is a star.
        Answer: C) star | The leftmost red thing is a star. | It is a red star. | The object's shape is a star.
    """,
    ("shape", "circle"): """
        a disc | a disk | round | circular | The red object is a circle. | It is a circle. | A round disc
    """,
    ("shape", "triangle"): """
        It's a triangle | triangular | The shape is a triangle. | an equilateral triangle | The shape is triangular.
    """,
    ("shape", "square"): """
        The shape is a square. | A square. | The blue thing is a square.
    """,
    ("size", "small"): """
        Small | small. | It is small. | The star is small. | The red star is small. | It's a small star.
        The size is small. | Size: small | The size of the star is small. | It is small in size. | tiny | **Small**
        small-sized | The leftmost star is small. | The star left of the large circle is small. | Answer: small
        It's quite small. | very small | The star has a small size.
    """,
    ("size", "large"): """
        Large | big | The circle is large. | The blue thing is big. | It is a large blue square. | the large one
        The star to the right of the small circle is large. | (a) large
    """,
}
#: Markup and introductions that models put around an answer.
WRAPPERS = (
    *(
        "**{}**",
        "*{}*",
        "`{}`",
        "\\boxed{{{}}}",
        "$\\boxed{{\\text{{{}}}}}$",
        "<answer>{}</answer>",
        "<b>{}</b>",
        "({})",
    ),
    *(
        "Answer: {}",
        "Answer - {}",
        "Final answer: {}",
        "**Answer:** {}.",
        "The answer is: {}",
        "### Answer\n{}",
        "B) {}",
    ),
    *("(b) {}", "Answer: (C) {}", '"{}"', "It is {}.", "- {}", "{}\n", '{{"answer": "{}"}}'),
)


@pytest.mark.parametrize(("kind", "meaning", "text"), each(READ))
def test_a_plain_answer_is_understood(kind: str, meaning: str, text: str) -> None:
    assert understand(text, kind) == meaning


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize(("kind", "values"), ANSWERS.items())
def test_markup_does_not_change_an_answer(wrapper: str, kind: str, values: tuple[str, ...]) -> None:
    for value in values:
        assert understand(wrapper.format(value), kind) == value
