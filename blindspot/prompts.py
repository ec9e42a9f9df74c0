"""What the questioner is told: the same for every image, naming no kind of question."""

ASK = "ask a question about the image ."
