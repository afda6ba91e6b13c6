#include "text/screen.hpp"

#include "text/display_width.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>

namespace activitytrack::report {
namespace {

// Of the 16 colours every terminal has, in the order of Paint; they follow the person's own palette.
constexpr std::array sgr{"", "1", "2", "36", "32", "92", "35", "2"};

std::string_view trimmed_end(std::string_view text) {
  const auto last = text.find_last_not_of(' ');
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

int width_of(const Spans& spans) {
  int columns = 0;
  for (const Span& span : spans) columns += display_width(span.text);
  return columns;
}

Spans padded(Spans spans, int columns, bool right) {
  const int missing = columns - width_of(spans);
  if (missing <= 0) return spans;
  Span space{std::string(static_cast<std::size_t>(missing), ' ')};
  spans.insert(right ? spans.begin() : spans.end(), std::move(space));
  return spans;
}

Spans& operator+=(Spans& spans, Spans more) {
  std::ranges::move(more, std::back_inserter(spans));
  return spans;
}

void Screen::line(const Spans& spans) {
  int room = look_.width;
  std::string out;
  std::size_t blank = 0;  // spaces not yet written: none end a line
  for (const auto& [text, paint] : spans) {
    const std::string shown = fit(printable(text, look_.utf8), room, look_.utf8);
    room -= display_width(shown);
    const std::string_view ink = trimmed_end(shown);
    if (!ink.empty()) {
      out.append(blank, ' ');
      blank = 0;
      const std::string_view code = look_.colour ? sgr[static_cast<std::size_t>(paint)] : "";
      if (!code.empty()) out.append("\x1b[").append(code).append("m");
      out += ink;
      if (!code.empty()) out += "\x1b[0m";
    }
    blank += shown.size() - ink.size();
  }
  out_ << out << '\n';
}

void Screen::line(const Spans& left, const Spans& right) {
  if (width_of(left) + 2 + width_of(right) > look_.width) {
    line(left);
    line(right);
    return;
  }
  Spans all = padded(left, look_.width - width_of(right));
  line(all += right);
}

void Screen::rule() {
  std::string text;
  for (int i = 0; i < look_.width; ++i) text += glyph("─", "-");
  line(text, Paint::dim);
}

}  // namespace activitytrack::report
