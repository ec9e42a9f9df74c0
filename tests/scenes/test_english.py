"""Tests that natural English questions are parsed as the sentence of the grammar with the same meaning."""

from collections import Counter

import pytest

from blindspot.scenes.parse import parse
from blindspot.scenes.question import FAMILIES

#: {sentence of the grammar: other wordings}
MEANT_AS = {
    "is there a small red star ?": """
        Is there a small red star?
        Are there any small red stars?
        Do you see a small red star?
        Can you see any small, red stars in the picture?
        Does the image contain a small red star?
        Does this picture show any tiny red stars?
        Are there small red stars in this scene?
        In the image, is there a small red star?
        Are there any red stars that are small?
        Is a small red star present in the image?
        "Is there a small red star?"
        **Is there a small red star?** 😀
    """,
    "is there a circle ?": """
        Are there any circles?
        Is there any circle in the photo?
        Is there at least one circle?
        Are there any discs in the image?
        Is there a circular object?
        Is there a circle shape in the image?
        Are any circles visible?
    """,
    "is there a orange thing ?": """
        Is there an orange object?
        Is there anything orange?
        Is there something orange in the image?
        Is there an orange shape?
        Are there any orange items?
        Are there any objects that are orange?
        Do you see anything that is orange?
        Does the picture have an orange one?
    """,
    "how many red things are there ?": """
        How many red things can you see in the picture?
        How many red objects are there?
        How many red items are in the image?
        How many red shapes do you see?
        How many red things?
        How many red objects exist?
        What is the number of red objects?
        What's the total number of red shapes in the image?
        Count the red things.
        Please count the red objects in the image
        How many things are red?
        How many of the objects are red?
        How many red things does the image contain?
        How many red things are in this picture?
        How many red things in the image are there?
        Can you tell me how many red things there are?
    """,
    "how many stars are there ?": """
        How many stars are there?
        How many shapes are stars?
        How many of the shapes are stars?
    """,
    "how many large blue squares are there ?": """
        How many big blue squares are there?
        How many large blue squares are visible?
        how many blue squares are large
        How many large square blue things are there?
        How many big blue squares are present?
        How many big, blue squares are shown in the image?
        number of large blue squares
        How many huge blue square objects do you count?
    """,
    "what colour is the large star ?": """
        What color is the big star?
        What is the color of the big star?
        What’s the colour of the large star in the image?
        What's the color of the large star?
        Which color is the big star?
        Which colour does the large star have?
        What color does the big star have?
        What is the big star's colour?
        Tell me the colour of the large star.
        Please tell me what color the large star is.
        What colour is the star that is large?
    """,
    "what shape is the small green thing ?": """
        What shape is the little green object?
        What is the shape of the small green object?
        Which shape is the small green item?
        Which shape does the small green thing have?
        What's the shape of the tiny green one?
        What shape does the small green object have?
        What is the small green thing's shape?
        What is the shape of the small green shape?
        What type of shape is the small green object?
        What kind of shape is the small green one?
    """,
    "what size is the yellow triangle ?": """
        What is the size of the yellow triangle?
        How big is the yellow triangle?
        How large is the yellow triangle?
        Which size does the yellow triangle have?
        What's the yellow triangle's size?
        Is the yellow triangle small or large?
        Is the yellow triangle big or small?
        How small is the yellow triangle in the picture?
    """,
    "is the star right of the small circle ?": """
        Is the star to the right of the small circle?
        Is the star on the right of the little circle?
        Is the star on the right side of the small circle?
        Is the star on the right-hand side of the small circle?
        Is the star located to the right of the small circle?
        Is the star positioned to the right of the small circle?
        Does the star lie to the right of the small circle?
        In this picture, is the star to the right of the tiny circle?
    """,
    "is the red star above the blue circle ?": """
        Is the red star higher than the blue circle?
        Is the red star located above the blue circle?
        Is the red star placed above the blue circle in the image?
        Does the red star lie above the blue circle?
        Does the red star appear above the blue circle?
    """,
    "is the square below the purple thing ?": """
        Is the square under the violet object?
        Is the square beneath the purple thing?
        Is the square underneath the purple item?
        Is the square lower than the purple object?
        Is the square situated below the purple shape?
        Is the square below the purple one?
        Is the square below the shape that is purple?
        Does the square sit below the purple thing?
    """,
    "what shape is the topmost thing ?": """
        Which shape is the topmost object?
        What is the shape of the uppermost object?
        What's the shape of the top-most item?
        What shape is the highest object in the image?
        What shape does the topmost one have?
        What is the topmost thing's shape?
    """,
    "what colour is the leftmost star ?": """
        What color is the leftmost star?
        What color is the left-most star?
        What is the colour of the leftmost star?
        Which colour does the leftmost star have?
        Tell me the colour of the leftmost star
    """,
    "what size is the bottommost red thing ?": """
        What size is the lowest red object?
        How big is the bottommost red thing?
        How large is the bottom-most red thing?
        What is the size of the lowermost red shape?
        Is the bottommost red thing small or large?
        What's the size of the bottommost red item?
        What size does the bottommost red thing have?
        Which size is the lowest red object?
    """,
    "are there more red stars than squares ?": """
        Are there more red stars than there are squares?
        Are there more red stars than squares in the image?
        Do you see more red stars than squares?
        Can you see more red stars than squares?
        Does the image contain more red stars than squares?
        Is the number of red stars greater than the number of squares?
        Is the number of red stars larger than the number of squares?
    """,
    "are there fewer squares than stars ?": """
        Are there less squares than stars?
        Are there fewer squares than stars in the picture?
        Are there fewer squares than there are stars?
        Do you see fewer squares than stars?
        Does the image have fewer squares than stars?
        Is the number of squares smaller than the number of stars?
        Is the number of squares less than the number of stars?
    """,
    "are there as many squares as stars ?": """
        Are there as many squares as there are stars?
        Are there exactly as many squares as stars?
        Are there the same number of squares and stars?
        Is there the same number of squares as stars?
        Is there an equal number of squares and stars?
        Are there equal numbers of squares and stars?
        Is the number of squares equal to the number of stars?
        Is the number of squares the same as the number of stars?
        Do you see as many squares as stars?
    """,
    "are the red star and the blue circle the same size ?": """
        Do the red star and the blue circle have the same size?
        Are the red star and the blue circle of the same size?
        Are the red star and the blue circle equal in size?
        Is the red star the same size as the blue circle?
        Does the red star have the same size as the blue circle?
        Is the size of the red star the same as the size of the blue circle?
        Is the size of the red star the same as that of the blue circle?
        Do the red star and the blue circle share the same size?
    """,
    "are the star and the circle the same colour ?": """
        Are the star and the circle the same color?
        Do the star and the circle have the same colour?
        Do the star and circle share the same color?
        Is the star the same color as the circle?
        Is the star of the same colour as the circle?
        Does the star share the same colour as the circle?
        Is the color of the star the same as the color of the circle?
        Do both the star and the circle have the same colour?
        Are both the star and the circle the same colour?
    """,
    "what colour is the thing left of the red star ?": """
        What colour is the object to the left of the red star?
        What color is the thing on the left of the red star?
        What is the colour of the thing left of the red star?
        Which color is the object that is to the left of the red star?
        What colour is the object which is left of the red star?
        What color is the shape to the left side of the red star?
        What's the color of the item on the left side of the red star?
        What colour does the object left of the red star have?
        What color is the object located to the left of the red star?
    """,
    "what shape is the small thing below the blue square ?": """
        What shape is the small object below the blue square?
        What shape is the little thing under the blue square?
        What is the shape of the tiny object beneath the blue square?
        Which shape is the small item underneath the blue square?
        What shape does the small thing below the blue square have?
        What's the shape of the small one that is below the blue square?
        Which shape is the small thing that's below the blue square?
        What shape is the small object located below the blue square?
    """,
}
CASES = [(text.strip(), sentence) for sentence, texts in MEANT_AS.items() for text in texts.strip().splitlines()]


@pytest.mark.parametrize(("text", "sentence"), CASES)
def test_natural_english_is_parsed_as_the_sentence_of_the_grammar(text: str, sentence: str) -> None:
    assert parse(text) == parse(sentence) is not None


def test_every_family_has_at_least_eight_natural_wordings() -> None:
    ways = Counter(question.family for question in (parse(text) for text, _ in CASES) if question)
    assert min(ways[family] for family in FAMILIES) >= 8
