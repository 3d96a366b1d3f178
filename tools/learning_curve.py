"""Draw docs/suggestions.svg: how much is suggested, and how much of it is right, by the number of confirmed codings.

The figures in docs/suggestions.json were measured on statements labelled by hand, which are not part of this project.
Run as `python -m tools.learning_curve`.
"""

import json
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 380, 52, 190, 24, 48
LINES = (
    ("learned", "exact", "exact, learned", "#1f5fa8", ""),
    ("learned", "coverage", "coverage, learned", "#1f5fa8", "6 4"),
    ("both", "exact", "exact, with phrases", "#8a3b12", ""),
    ("both", "coverage", "coverage, with phrases", "#8a3b12", "6 4"),
)


def drawing(rows: list[dict[str, Any]]) -> str:
    """The picture of the measured rows."""
    most = max(float(row["codings"]) for row in rows)

    def x(codings: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * codings / most

    def y(percent: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - percent / 100)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<style>text { font: 12px system-ui, sans-serif }</style>",
        "<title>Suggestions by the number of confirmed codings</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    parts.extend(
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(percent):.1f}" y2="{y(percent):.1f}" stroke="#ddd"/>'
        f'<text x="{LEFT - 8}" y="{y(percent) + 4:.1f}" text-anchor="end" fill="#333">{percent} %</text>'
        for percent in range(0, 101, 20)
    )
    parts.extend(
        f'<text x="{x(number):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#333">{number}</text>'
        for number in (row["codings"] for row in rows)
    )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle" fill="#333">confirmed codings</text>')
    ends: list[float] = []
    for who, what, label, colour, dashes in LINES:
        points = [(x(row["codings"]), y(row[who][what])) for row in rows if row[who][what] is not None]
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        path = " ".join(f"{at:.1f},{high:.1f}" for at, high in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')
        parts.extend(f'<circle cx="{at:.1f}" cy="{high:.1f}" r="3" fill="{colour}"/>' for at, high in points)
        end = points[-1][1] + 4
        while any(abs(end - other) < 14 for other in ends):
            end += 14
        ends.append(end)
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{end:.1f}" fill="{colour}">{label}</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    measured = json.loads((DOCS / "suggestions.json").read_text(encoding="utf-8"))
    (DOCS / "suggestions.svg").write_text(drawing(measured["first topic, with phrases"]), encoding="utf-8")
