"""How large a thumbnail is."""

LONGEST = 200


def scaled(width, height):
    """The size that fits into a square, in the same proportions."""
    if width <= 0 or height <= 0:
        raise ValueError("an image has a width and a height")
    factor = min(1, LONGEST / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))
