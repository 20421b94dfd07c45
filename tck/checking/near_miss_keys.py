"""Texts that come close to a secret, and that nobody may take for it."""


def near_keys(key: str) -> dict[str, str]:
    """Near misses of a key by what they are."""
    middle = len(key) // 2
    texts = {
        "the key with its first character changed": _changed(key, 0),
        "the key with its middle character changed": _changed(key, middle),
        "the key with its last character changed": _changed(key, len(key) - 1),
        "the key with a character before it": f"x{key}",
        "the key with a character added in its middle": f"{key[:middle]}x{key[middle:]}",
        "the key with a character after it": f"{key}x",
        "the key without its first character": key[1:],
        "the key without its middle character": key[:middle] + key[middle + 1 :],
        "the key without its last character": key[:-1],
        "the first half of the key": key[:middle],
        "the key in upper case": key.upper(),
        "the key with the case of one letter changed": _other_case(key),
        "the key twice": key + key,
    }
    return {about: text for about, text in texts.items() if text not in {key, ""}}


def _changed(key: str, position: int) -> str:
    other = "a" if key[position] != "a" else "b"
    return key[:position] + other + key[position + 1 :]


def _other_case(key: str) -> str:
    """The key with its last letter, which belongs to the secret part, in the other case."""
    at = max((place for place, character in enumerate(key) if character.isalpha()), default=None)
    return key if at is None else key[:at] + key[at].swapcase() + key[at + 1 :]
