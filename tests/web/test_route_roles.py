"""Every address of the site and every role: who gets in. A new address without a line here fails."""

import pytest
from flask.testing import FlaskClient

from tests.web import seed
from tests.web.conftest import PASSWORD, sign_in, token
from tracker import accounts
from tracker.accounts import Role

ROLES = (None, *Role)
LEAST = {
    "account.form": Role.READER, "account.change": Role.READER,
    "add_document.form": Role.REPORTER, "add_document.send": Role.REPORTER, "runs.index": Role.REPORTER,
    "desk.index": Role.EDITOR, "unsure.speakers": Role.EDITOR, "unsure.days": Role.EDITOR, "unsure.conflicts": Role.EDITOR,
    "rereadings.index": Role.EDITOR, "rereadings.decide": Role.EDITOR,
    "review.queue_page": Role.EDITOR, "review.item": Role.EDITOR, "review.decide_item": Role.EDITOR,
    "review.coding": Role.EDITOR, "review.decide_coding": Role.EDITOR, "review.undo": Role.EDITOR, "review.bulk": Role.EDITOR,
    "review_pairs.pair": Role.EDITOR, "review_pairs.decide_pair": Role.EDITOR, "review_pairs.shift": Role.EDITOR,
    "review_pairs.sign_shift": Role.EDITOR, "review_pairs.second": Role.EDITOR, "review_pairs.code_second": Role.EDITOR,
    "review_borders.border": Role.EDITOR, "review_borders.decide_border": Role.EDITOR,
    "speaker_desk.form": Role.EDITOR, "speaker_desk.decide": Role.EDITOR,
    "event_edits.new": Role.EDITOR, "event_edits.edit": Role.EDITOR, "event_edits.save": Role.EDITOR,
    "topic_edits.new": Role.EDITOR, "topic_edits.edit": Role.EDITOR, "topic_edits.save": Role.EDITOR,
    "source_edits.new": Role.ADMIN, "source_edits.edit": Role.ADMIN, "source_edits.save": Role.ADMIN,
    "source_edits.act": Role.ADMIN,
    "scales.change": Role.EDITOR, "placements.place": Role.EDITOR, "outbox.index": Role.REPORTER,
    "webhooks.index": Role.EDITOR, "webhooks.add": Role.EDITOR, "webhooks.show": Role.EDITOR, "webhooks.change": Role.EDITOR,
    "snapshots.link_rival": Role.EDITOR, "snapshots.record": Role.READER,
    "colleagues.index": Role.ADMIN, "colleagues.change": Role.ADMIN,
}  # fmt: skip
"""The least role that an address lets in."""
OPEN = set(
    "alerts.alerts alerts.change alerts.leave alerts.open_link alerts.resume alerts.save alerts.stop_all api.description "
    "api.events api.line_up api.search api.speaker_statements api.speakers api.statement api.topic api.topic_statements "
    "api.topics auth.form auth.sign_in auth.sign_out bounces.receive bundles.lineup bundles.statement compare.compare "
    "embeds.lineup embeds.oembed embeds.statement events.index feeds.all_shifts feeds.search feeds.shifts feeds.statements "
    "follow.confirm follow.form follow.request_subscription follow.show_confirm follow.show_unsubscribe "
    "follow.unsubscribe formulas.index health.healthz health.readyz home.home lineup.lineup_page lineup_images.image "
    "scales.scale search.download search.search snapshots.compare snapshots.moved snapshots.snapshot snapshots.text "
    "source_edits.source sources.index speakers.index speakers.speaker statements.as_csv statements.as_json "
    "statements.as_reference "
    "statements.claim topics.index topics.topic".split()
)
"""What everybody reads, and the forms of followers; a row of theirs is guarded by its own token."""
FILL = {"item": "statement-none", "public_id": "none", "topic_id": "none", "event_id": "none", "slug": "none", "number": 1,
        "sha256": "0" * 64, "other": "1" * 64, "token": "none", "key": "none", "source_id": "none", "rest": "none",
        "filename": "style.css"}  # fmt: skip


@pytest.fixture(scope="module")
def everybody(sqlite_template, tmp_path_factory):
    import shutil

    from tests.web.conftest import make_world
    from tracker.web.app import create_app

    folder = tmp_path_factory.mktemp("roles")
    shutil.copy(sqlite_template, folder / "record.sqlite")
    world = make_world(f"sqlite:///{folder}/record.sqlite", folder)
    with world.database.transaction() as session:
        for role in Role:
            accounts.add(
                session, seed.NOW, email=f"{role.value}@example.org", name=role.value, role=role, password=PASSWORD
            )
    app = create_app(world)
    clients: dict[Role | None, FlaskClient] = {None: app.test_client()}
    for role in Role:
        clients[role] = app.test_client()
        sign_in(clients[role], f"{role.value}@example.org", PASSWORD)
    yield app, clients
    world.database.dispose()


def rules(app):
    """Each endpoint with its methods and an address that reaches it."""
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        values = {name: FILL.get(name, 1 if "int" in type(rule._converters[name]).__name__.lower() else "none")
                  for name in rule.arguments}  # fmt: skip
        for name, converter in rule._converters.items():
            if hasattr(converter, "items"):
                values[name] = min(converter.items)
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield rule.endpoint, method, adapter.build(rule.endpoint, values, method=method)


def refused(client, method, address):
    """Whether the gate of roles turned somebody away, and not the address for another reason."""
    data = {"csrf_token": token(client, "/sign-in" if method is None else "/account")} if method == "POST" else None
    answer = client.get(address) if method == "GET" else client.post(address, data=data)
    to_sign_in = answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
    return to_sign_in or answer.status_code == 403


def test_every_address_lets_in_whom_its_line_says_and_nobody_else(everybody):
    app, clients = everybody
    known = {endpoint for endpoint, _, _ in rules(app)}
    assert known == set(LEAST) | OPEN
    assert not set(LEAST) & OPEN
    order = [None, *Role]
    wrong = []
    for endpoint, method, address in rules(app):
        least = LEAST.get(endpoint)
        if method == "POST" and least is None:
            continue  # open forms: what they take is tested where they are
        for role in ROLES:
            if role is None and method == "POST":
                continue  # without a session no form token is taken: 400 before anything else
            expected = order.index(role) < order.index(least)
            if refused(clients[role], method, address) is not expected:
                wrong.append((endpoint, method, role.value if role else "stranger"))
    assert wrong == [], wrong
