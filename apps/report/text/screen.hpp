#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::report {

/// Columns that UTF-8 `text` takes in a terminal: 2 for a wide character (East Asian, emoji), 0 for one that
/// combines with its neighbour. Source: Unicode 15, East_Asian_Width and General_Category, in outline.
int display_width(std::string_view text);

/// `text` made fit for one line of a terminal: control characters (an escape sequence in a window's title!)
/// become spaces, those that change the direction of writing go, and where the terminal shows only ASCII,
/// other characters become "?".
std::string printable(std::string_view text, bool utf8);

/// The head of `text` that fits `columns`; "…" or "..." ends it when something was cut off.
std::string fit(std::string_view text, int columns, bool utf8);

/// How what we print is shown.
struct Look {
  int width = 80;       ///< columns of a line
  bool colour = false;  ///< SGR sequences are understood
  bool utf8 = true;     ///< else only ASCII
};

/// What a piece of text is, not how it looks.
enum class Paint { none, title, dim, low, medium, high, scripted, idle };

struct Span {
  std::string text;
  Paint paint = Paint::none;
};
using Spans = std::vector<Span>;

int width_of(const Spans& spans);

/// Puts spaces around `spans` up to `columns`.
Spans padded(Spans spans, int columns, bool right = false);

/// Appends the spans of `more`.
Spans& operator+=(Spans& spans, Spans more);

/// Lines on a terminal or in a file. What comes from outside is made printable here, once.
class Screen {
 public:
  Screen(std::ostream& out, Look look) : out_(out), look_(look) {}

  const Look& look() const { return look_; }
  int width() const { return look_.width; }

  /// One line, cut to the width.
  void line(const Spans& spans = {});
  void line(std::string text, Paint paint = Paint::none) { line(Spans{{std::move(text), paint}}); }

  /// `left` at the left, `right` at the right; two lines if they do not fit one.
  void line(const Spans& left, const Spans& right);
  void rule();

  /// `text` if the terminal can show it, else `ascii`.
  std::string_view glyph(std::string_view text, std::string_view ascii) const { return look_.utf8 ? text : ascii; }

 private:
  std::ostream& out_;
  Look look_;
};

/// `--color auto|always|never` for standard output: auto is a terminal without NO_COLOR. UTF-8 by the
/// locale.
Look look_of_stdout(std::string_view color);

}  // namespace activitytrack::report
