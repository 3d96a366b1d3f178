"""A line-up's chart to be saved and printed elsewhere: SVG, or PNG, with the line that says whose it is."""

from flask import Blueprint, Response, abort

from tracker.web import forms
from tracker.web.context import absolute_url, now, reading, text_response, world
from tracker.web.views import dates
from tracker.web.views.lineup_figure import shared_line_up
from tracker.web.views.lineup_request import read_shared_request, shared_query
from tracker.web.views.lineup_svg import LAYOUTS, draw
from tracker.web.views.png import png, unavailable

pages = Blueprint("lineup_images", __name__)


@pages.get("/t/<topic_id>/around/<event_id>.<any(svg, png):ending>")
def image(topic_id: str, event_id: str, ending: str) -> Response:
    """The chart of a line-up with its filters; `layout` is wide or narrow. 501 for PNG where it can't be drawn."""
    asked = read_shared_request("layout")
    layout = LAYOUTS[forms.choice("layout", tuple(LAYOUTS))]
    missing = unavailable() if ending == "png" else None
    if missing:
        return text_response(f"{missing}\n", "text/plain", 501)
    permalink = absolute_url(f"/t/{topic_id}/around/{event_id}{shared_query()}")
    with reading() as db:
        shared = shared_line_up(db, topic_id, event_id, asked, permalink)
    if shared is None or shared.figure is None:
        abort(404)
    day = dates.short_day(now().astimezone(dates.zone()).date())
    drawing = draw(shared, shared.figure, layout, f"Source: {world().settings.site.name}, {permalink}, read on {day}.")
    name = f'attachment; filename="{topic_id}-{event_id}.{ending}"'
    if ending == "png":
        return Response(
            png(drawing.svg, drawing.width, drawing.height), mimetype="image/png", headers={"Content-Disposition": name}
        )
    return text_response(drawing.svg.decode("utf-8"), "image/svg+xml", Content_Disposition=name)
