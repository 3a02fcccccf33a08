"""What an advisor does, by a client in Python; tells what came of it as JSON."""

import json
import os

import kluis
from mistakes import Refused

NOTE = b"Dear Bert, this is for you."
LARGE = b"1234567890" * 30_000

portal = kluis.Kluis(os.environ["KLUIS_URL"])
portal.sign_in(
    os.environ["KLUIS_USERNAME"],
    os.environ["KLUIS_PASSWORD"],
    ask_for_code=lambda: os.environ["KLUIS_CODE"],
    licence=os.environ["KLUIS_LICENCE"],
)
pages = list(portal.documents(2))
filtered = [it for page in portal.documents(2, containing="contract") for it in page]
relation, account = portal.client("bert call")
sent = portal.upload("note.txt", NOTE, "A note", relation)
sent_in_steps = portal.upload_in_steps("large.txt", LARGE, "A large note", relation)
newest = next(portal.documents(2))
readers = portal.share(sent.id, account)
downloaded = portal.download(sent.id)

# Dirk has nothing to do with this document.
_, stranger = portal.client("dirk")
refused: list[str] = []
try:
    portal.share(sent.id, stranger)
except Refused as error:
    refused = [it.code for it in error.mistakes]

told = {
    "pages": [[it.description for it in page] for page in pages],
    "filtered": [it.description for it in filtered],
    "sent": [sent.description, sent.byte_size],
    "sentInSteps": [sent_in_steps.description, sent_in_steps.byte_size],
    "newest": [it.description for it in newest],
    "downloaded": downloaded.decode(),
    "readers": readers,
    "refused": refused,
}
print(json.dumps(told))  # noqa: T201  whoever runs it reads this
