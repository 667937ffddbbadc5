"""Files that come with an operation, as GraphQL's multipart requests carry them."""

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any


def form_parts(content_type: str, body: bytes) -> dict[str, bytes]:
    """Take a form apart into its fields, by name."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    found: dict[str, bytes] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content
    return found


def put_at(
    tree: Any,  # noqa: ANN401 - what JSON comes to
    place: list[str],
    content: bytes,
) -> None:
    """Put *content* to where *place* leads, such as variables, input, file."""
    for step in place[:-1]:
        tree = tree[int(step) if isinstance(tree, list) else step]
    tree[place[-1]] = content
