"""Makes the Flask application for one world."""

import logging
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined

from tracker.speech.display import inert
from tracker.web import api, errors, proxy, security
from tracker.web.pages import (
    account,
    add_document,
    alerts,
    auth,
    bounces,
    bundles,
    colleagues,
    compare,
    desk,
    embeds,
    event_edits,
    events,
    feeds,
    follow,
    formulas,
    health,
    home,
    lineup,
    lineup_images,
    outbox,
    placements,
    rereadings,
    review,
    review_borders,
    review_pairs,
    runs,
    scales,
    search,
    snapshots,
    source_edits,
    sources,
    speaker_desk,
    speakers,
    statements,
    topic_edits,
    topics,
    unsure,
    webhooks,
)
from tracker.web.views import dates, typed
from tracker.world import World

TEMPLATES = Path(__file__).parents[2] / "templates"
SUBJECTS = (
    home, topics, formulas, scales, events, event_edits, lineup, lineup_images, placements, compare, statements, speakers,
    snapshots, sources, source_edits, runs, follow, search, auth, feeds, health, review, api, add_document, account, alerts,
    bundles,
    desk, embeds, outbox, rereadings, unsure, review_borders, review_pairs, colleagues, speaker_desk, topic_edits,
    webhooks, bounces,
)  # fmt: skip

log = logging.getLogger(__name__)


def create_app(world: World) -> Flask:
    """The site of one world; nothing is opened before the first request."""
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=str(Path(__file__).parent / "static"))
    app.extensions["world"] = world
    site = world.settings.site
    secure, prefix = urlsplit(site.base_url).scheme == "https", proxy.prefix_of(site.base_url)
    app.config.update(
        SECRET_KEY=site.secret,
        # A browser takes "__Host-" only with the path "/", which other sites below the same host would share.
        SESSION_COOKIE_NAME=("__Secure-session" if prefix else "__Host-session") if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH=prefix or "/",
        TIME_ZONE=site.timezone,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    if prefix:
        app.wsgi_app = proxy.PathPrefix(app.wsgi_app, prefix)  # type: ignore[method-assign]
    app.wsgi_app = proxy.ClientAddress(app.wsgi_app, site.trusted_proxies)  # type: ignore[method-assign]
    _templates(app)
    errors.install(app)
    security.install(app)
    csrf = CSRFProtect(app)
    csrf.exempt(follow.unsubscribe)
    csrf.exempt(bounces.receive)
    for subject in SUBJECTS:
        app.register_blueprint(subject.pages)
    return app


def _templates(app: Flask) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.autoescape = True
    environment.finalize = inert
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(zone_name=lambda: dates.zone().key)
    environment.filters.update(
        day=dates.day,
        short_day=dates.short_day,
        moment=dates.moment,
        long_moment=dates.long_moment,
        exact_moment=dates.exact_moment,
        iso=dates.iso,
        counted=dates.counted,
        capital=capital,
        isodate=isodate,
        as_typed=typed.as_typed,
    )


def capital(words: str) -> str:
    """The words with their first letter large, the others as they are."""
    return words[:1].upper() + words[1:]


def isodate(value: date | datetime) -> str:
    """A day or time for the `datetime` attribute."""
    return dates.iso(value) if isinstance(value, datetime) else value.isoformat()
