"""Tests that a text is never read as an answer that it does not give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.scenes.answers import understand
from blindspot.scenes.parse import parse
from blindspot.scenes.question import ANSWERS
from tests.scenes.strategies import FEW
from tests.scenes.tables import each

#: {(answer kind, the only meaning that is allowed): texts}; "-": no meaning is allowed. None is always allowed.
NEVER = {
    ("yes_no", "no"): """
        There are 2 circles and 3 squares. | There are 4 circles and 3 squares.
        There are stars, but they are all blue. | Yes, but it is not red.
        They are the same shape but differ in colour. | There is only one star. | There are fewer circles.
        There is a red star to the right of the circle. | There is a circle, while the question asks about a star.
        I see a circle and a star. | The star is blue, the circle is red.
        They share the same shape, yet not the same colour. | Yes, they are different colours.
        No, it is to the right. | There are several shapes, none of which is a star. | Almost: there is a blue star.
        There is a star, although it is blue. | A star is there, a red one is not. | There's a star but it isn't red
    """,
    ("yes_no", "yes"): """
        No doubt there is | Not only is there a star, it is red: yes | No problem! Yes. | No worries, yes.
        Both are the same size, though one is red. | There is no question: yes. | They are not different.
        No, they are not different.
        It is not false. | That's not wrong. | No, wait, yes. | No. Actually, yes. | No, actually there is one.
        Not all of the stars are red. | It's not impossible | No mistake: yes | Without a doubt, yes.
        No, you are right, there is one. | I can't say no. | There is no difference between them | no less than two
    """,
    ("yes_no", "-"): """
        False positive | true negative | yes and no | yes or no | yes/no | Yes? No? | Yes? | no? | maybe yes
        I would not say yes | n/a | N/A | not applicable | no comment | no answer | No. 3 | no. 3 | it depends
        If the star is red, yes | Yes is wrong | It could be either yes or no | The answer is yes or no.
        Yes, no, maybe | no idea | Right. | right | left | there is | there are | it is | they are
        I cannot see the image, so I can't answer. | As an AI, I can't view images | \\boxed{yes} \\boxed{no}
        <answer>yes</answer><answer>no</answer> | I'm not sure, but yes | Possibly | probably not
        It's hard to say, no | oui | ja | sí | はい | nein | да | non | 🤔 | 😀 | yes no | no yes | Yes. Wait, no.
        No... hmm, yes! | Red star | Question: is there a star? | Is there a star? | yes, I doubt it
        No hay estrellas, sí | yesterday | nothing but stars | It is the same. | Unknown | None of the above
        neither yes nor no | half yes, half no | Yes, unless you mean the blue one
    """,
    ("number", "3"): """
        3 out of 9 | 3/9 | One, two, three. There are 3. | no. 3 | about 3 | 2, no wait, 3 | 2... actually 3
        1, 2, 3. So there are 3. | 3 of the 9 shapes are stars | not 2 but 3 | 2 + 1 = 3 | row 1: 1, row 2: 2
        1 in the top row and 2 in the bottom row | 2 on the left, 1 on the right
        a red star, a blue star and a green star | One red, one blue, one green | a couple plus one
        2 stars and a star | III | drei | trois | 三 | 3つ | There are 2 red ones. And 1 blue one.
    """,
    ("number", "4"): """
        There are 2 small stars and 2 large stars. | There are 2 red circles and 2 blue circles. | 2 small, 2 large
        There are 2 red circles. There are 2 blue circles. | 2 red stars; 2 blue stars | 2 and 2 | two pairs
        2 in the top row, 2 in the bottom row | 1 circle, 3 others | 2 circles, 1 star, 1 square
        3 stars and a circle | 3 stars, a circle | There are 3 stars and also 1 in the corner
        There are 3 stars. There is also a small one. | 3 stars plus one | 3 big ones, 1 small one
        3 stars (and another one)
    """,
    ("number", "2"): """
        There is 1 small star and 1 large star. | 1 small star and 1 large star | 1 circle, 1 star
        1 circle: 1 star | 1 red star, 1 blue star in total | There is one red star and one blue star.
        one red star, one blue star | There's a small star and a large star.
        There is a small star and a large star. | a pair of stars | a couple | One on the left and one on the right.
        One small, one large | A red one and a blue one | There is a red star. There is a blue star.
        1 small star (1 large star) | 1 red, 1 blue | There is a single red star and a single blue star
        there is one star, and another one
    """,
    ("number", "-"): """
        between 2 and 3 | less than 3 | more than 3 | fewer than 3 | at least 3 | at most 3 | up to 3 | 3+
        3 or more | 3 or 4 | 2-3 | 2 – 3 | 2 to 3 | 3-4 | >3 | ≥3 | <3 | ≤ 3 | ±3 | over 3 | under 3 | nearly 3
        almost 3 | 1,2,3 | 1, 2 and 3 | not 3 | never 3 | I don't think there are 3 | 3? | 3 dozen | 3 pairs
        half of 3 | 3% | 3rd | third | 3 times 2 | 3 x 2 | 3*2 | 3^2 | 3² | √9 | 3!=6 | there are no | I see no
        several | many | a few | a lot | none or 3 | 3 stars are not red | Not 3. | There are not 3 stars.
        3 more than the circles | 3 above the star | three hundred | 3 million | thirty-something | a dozen | N/A
        I can't count them | level 3 | image 3 | row 3 | 3 stars are left of the circle
        There are 3 stars in the top row. | 3 at the left | ~~3~~ | ~~3~~ 4 | 3 or so, maybe 4
        the 3 of them are not stars | if 3, then 4 | \\boxed{3} \\boxed{4} | not \\boxed{3}
        <answer>3</answer><answer>4</answer> | The answer is 3. The answer is 4. | Answer: 3 or 4 | 3 is wrong
        anything but 3 | Neither. | Es gibt 3 Sterne, nicht 4 | 3 missing | all but 3 | 3 short of 9 | minus 3 of 9
    """,
    ("number", "other"): """
        I
    """,
    ("colour", "red"): """
        (255, 0, 0) | rgb(255, 0, 0) | #ff0000 | #FF0000 (red) | not blue but red | Blue? No, red
        blue... no wait, red | ruby | 🔴 | rojo | rouge | rot | 红色 | red, not blue
        The star is red, the circle is blue | The star is red while the circle is blue | reddish | red-ish
        It is the same colour as the red star. | red like the circle | R | It is red, like the blue one is not
    """,
    ("colour", "blue"): """
        rgb(0, 0, 255) | #0000ff | It is the same colour as the blue star.
        The star next to the red circle is blue, I think, not red | navy | It matches the blue star.
        The circle is red, but the star is blue. | anything but red: blue | The star left of the red circle. Blue.
        other than red | azul
    """,
    ("colour", "-"): """
        The star next to the red circle. | to the left of the red star | It is left of the red circle.
        the same as the red star | as red as the circle | red or blue | red/blue | red-orange | blue-green
        reddish-orange | orangish red | not red | anything but red | far from red | non-red | red? | could be red
        might be red | it may be red | maybe red | I don't think it is red | It is neither red nor blue
        less red than the other | no longer red | opposite of red | The answer is not red | multicoloured
        colourless | #123456 | (12, 12, 12) | I can't tell | the color of the star | blood
        It has the colour of the red star | The star is to the left of the red circle.
        \\boxed{red} or \\boxed{blue} | ~~red~~ | ≠ red | red ❌ | <answer>red</answer> <answer>blue</answer>
        Red. Blue. | red blue | red, blue, green | Both red and blue | half red | semi-red
        The red star is to the left of the circle. | unlike the red one | Red is wrong | It's not that it's red
        It isn't exactly red | un-red | hardly red | red is unlikely | The star isn't blue
    """,
    ("shape", "star"): """
        not a circle but a star | ⭐ | a star with five points | star-like | five-pointed
        It is the same shape as the red star | Estrella | stern | star, not circle | a pentagram star | asterisk
        It is a star, next to a circle
    """,
    ("shape", "circle"): """
        a ball | a dot | ring | O | 🔵 | not a square, a circle | Kreis | a circle like the square is not
        oval/circle | ellipse or circle
    """,
    ("shape", "-"): """
        star or circle | semi-circle | half circle | semicircle | not a star | starfish | rounded square
        a square with rounded corners | square or rectangle | squarish | circle-ish
        The star is left of the circle. | next to the star | left of the square | It is to the right of the triangle
        between the star and the circle | the shape | a polygon | it is a shape | triangle? no
        a triangle-like shape | the same shape as the square | A square inside a circle | star circle
    """,
    ("size", "small"): """
        not large but small | smaller | little, not big | the smallest | It is smaller than the large star.
        smaller than the large one | S | klein | petit | The size is the same as that of the small star
    """,
    ("size", "large"): """
        larger | bigger than the small circle | It is larger than the small star. | not small, large | L
        the largest | XL | gross | Same size as the large circle | larger than small
    """,
    ("size", "-"): """
        small or large | not small | not large | It isn't big | medium to large | small to medium | in between
        larger | left of the large star | next to the small one | as large as the circle | the same size
        not very large | hardly small | somewhat smaller than the large one | 3 cm | average | normal | small?
        not so small | big enough to be small | too small to see | relative to the large star
    """,
}


@pytest.mark.parametrize(("kind", "meaning", "text"), each(NEVER))
def test_an_answer_is_never_misread(kind: str, meaning: str, text: str) -> None:
    assert understand(text, kind) in (None, meaning)


@given(st.data(), st.sampled_from([*ANSWERS]), st.sampled_from([" ", ", ", ". ", "\n", " or ", " and ", "; ", " - "]))
@FEW
def test_two_answers_are_not_understood_unless_one_is_called_final(data: st.DataObject, kind: str, glue: str) -> None:
    forms = ("{}", "It is {}.", "The answer is {}", "There are {}.", "**{}**", "I see {}.")
    first, second = data.draw(st.permutations(ANSWERS[kind]))[:2]
    one, two = (data.draw(st.sampled_from(forms)).format(value) for value in (first, second))
    meaning = understand(f"{one}{glue}{two}", kind)
    assert meaning is None or (meaning == second and two.startswith("The answer is"))
    assert understand(f"{one}.\nFinal answer: {second}", kind) == second


@given(st.text(st.characters(codec=None)) | st.text("yesno .,!?0123456789redorablu'\\n\ud800\x00"))
@FEW
def test_any_text_gives_an_answer_of_the_kind_or_none(text: str) -> None:
    question = parse("are there more circles than stars ?")
    for kind, values in ANSWERS.items():
        meaning = understand(text, kind, question if kind == "yes_no" else None)
        assert meaning in (None, "other", *values) or kind == "number"
