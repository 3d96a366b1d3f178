"""Pages of made-up outlets in three languages, with statements of made-up people to search for."""

from jobs.ingest import manual
from tracker.archive.supplied import from_object

SHIP = "“We have invited the ferry company to open the bridge,” Moor said."
VILLAGE_SAYS = "“The village will not pay a toll,” said Bo Lind, the minister of transport, on Monday."
MISTAKE = "“An invitation to the ferry company is a mistake,” Moor said."
LETTERS = "„Die Einladungen gehen an alle Dörfer“, sagte Ole Bäcker."
PORT = "«Приглашения отправлены всем городам», — сказала Анна Мур."
PAGES = (
    ("Harbour Post", "en", "2024-03-18", f"Mayor Ada Moor spoke on Monday.\n\n{SHIP}\n\n{VILLAGE_SAYS}"),
    ("Courier", "en", "2024-02-06", f"Mayor Ada Moor spoke on Tuesday, 6 February 2024.\n\n{MISTAKE}"),
    ("Hafenblatt", "de", "2024-03-18", f"Kapitän Ole Bäcker sprach am Montag.\n\n{LETTERS}"),
    ("Порт", "ru", "2024-03-18", f"Мэр Анна Мур выступила в понедельник.\n\n{PORT}"),
)


def add_pages(world) -> None:
    """Put the pages on the record."""
    for number, (outlet, language, published, text) in enumerate(PAGES):
        told = {"text": text, "url": f"https://{number}.example.org/a", "outlet": outlet, "language": language}
        manual.add(world, from_object({**told, "published": published, "title": "Page"}))
