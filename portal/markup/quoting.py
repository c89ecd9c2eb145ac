"""A text within another one, as what somebody else said."""

from portal.markup.escaping import escaped_name


def quotation(text: str, *, by: str = "", at: str = "") -> str:
    """The Markdown text as a quotation, with who said it and the address that leads back to it; what follows stands apart
    from it."""
    lines = [*((f"[{escaped_name(by)}]({at}):", "") if by else ()), *text.splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"
