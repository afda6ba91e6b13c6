"""Plots as small SVG files: lines and points on axes, and bars."""

from html import escape

WIDE, HIGH = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 36, 56
COLOURS = ("#0b6e99", "#c4501b", "#4c7a34", "#6b4c9a", "#8a6d00")
STYLE = "font-family:system-ui,sans-serif;font-size:13px;fill:#222"


class Plot:
    """A plot of x from x0 to x1, y from y0 to y1; `ticks` are (value, label)."""

    def __init__(self, title, x_label, y_label, x_ticks, y_ticks):
        self.parts, self.legend = [], []
        (self.x0, _), (self.x1, _) = x_ticks[0], x_ticks[-1]
        (self.y0, _), (self.y1, _) = y_ticks[0], y_ticks[-1]
        for value, label in x_ticks:
            x = self.x(value)
            self.parts.append(f'<path d="M{x} {TOP}V{HIGH - BOTTOM}" stroke="#ddd"/>' + text(x, HIGH - BOTTOM + 18, label, "middle"))
        for value, label in y_ticks:
            y = self.y(value)
            self.parts.append(f'<path d="M{LEFT} {y}H{WIDE - RIGHT}" stroke="#ddd"/>' + text(LEFT - 8, y + 4, label, "end"))
        self.parts.append(text(LEFT, 20, title, "start", "font-weight:600"))
        self.parts.append(text((LEFT + WIDE - RIGHT) / 2, HIGH - 14, x_label, "middle"))
        middle = (TOP + HIGH - BOTTOM) / 2
        self.parts.append(f'<g transform="rotate(-90 16 {middle})">{text(16, middle, y_label, "middle")}</g>')

    def x(self, value):
        return round(LEFT + (value - self.x0) / (self.x1 - self.x0) * (WIDE - LEFT - RIGHT), 1)

    def y(self, value):
        return round(HIGH - BOTTOM - (value - self.y0) / (self.y1 - self.y0) * (HIGH - TOP - BOTTOM), 1)

    def line(self, points, label=None, dashed=False, dots=False):
        colour = "#888" if dashed else COLOURS[len(self.legend) % len(COLOURS)]
        path = "M" + "L".join(f"{self.x(a)} {self.y(b)}" for a, b in points)
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        if dots:
            self.parts += [f'<circle cx="{self.x(a)}" cy="{self.y(b)}" r="4" fill="{colour}"/>' for a, b in points]
        if label:
            self.legend.append((label, colour))

    def point(self, x, y, label):
        colour = COLOURS[len(self.legend) % len(COLOURS)]
        self.parts.append(f'<circle cx="{self.x(x)}" cy="{self.y(y)}" r="6" fill="{colour}"/>')
        self.legend.append((label, colour))

    def write(self, path):
        for i, (label, colour) in enumerate(self.legend):
            y = HIGH - BOTTOM - 14 - 20 * (len(self.legend) - 1 - i)
            self.parts.append(f'<rect x="{WIDE - RIGHT - 262}" y="{y - 10}" width="12" height="12" fill="{colour}"/>')
            self.parts.append(text(WIDE - RIGHT - 244, y, label, "start"))
        save(path, WIDE, HIGH, self.parts)


def text(x, y, content, anchor, more=""):
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" style="{STYLE};{more}">{escape(str(content))}</text>'


def save(path, wide, high, parts):
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img">'
    path.write_text("\n".join([head, f'<rect width="{wide}" height="{high}" fill="#fff"/>', *parts, "</svg>"]) + "\n")


def bars(path, title, rows, low=0.0):
    """A bar a row: (label, share); from `low` to 1."""
    high, name, full = 44 + 20 * len(rows), 190, WIDE - 190 - 70
    parts = [text(8, 20, title, "start", "font-weight:600")]
    for i, (label, share) in enumerate(rows):
        y = 36 + 20 * i
        wide = max(0.0, share - low) / (1 - low) * full
        parts.append(text(name - 8, y + 12, label, "end"))
        parts.append(f'<rect x="{name}" y="{y}" width="{full}" height="15" fill="#eee"/>')
        parts.append(f'<rect x="{name}" y="{y}" width="{wide:.1f}" height="15" fill="{COLOURS[0]}"/>')
        parts.append(text(name + full + 8, y + 12, f"{share:.1%}", "start"))
    save(path, WIDE, high, parts)
