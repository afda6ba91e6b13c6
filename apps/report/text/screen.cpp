#include "text/screen.hpp"

#include "common/output.hpp"
#include "core/text.hpp"

#include <langinfo.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <span>

namespace activitytrack::report {
namespace {

struct Range {
  char32_t first, last;
};

constexpr std::array wide{
    Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},   Range{0x25FD, 0x25FE},
    Range{0x2614, 0x2615},   Range{0x26A1, 0x26A1},   Range{0x2705, 0x2705},   Range{0x274C, 0x274C},
    Range{0x2753, 0x2757},   Range{0x2B1B, 0x2B1C},   Range{0x2B50, 0x2B50},   Range{0x2E80, 0x303E},
    Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},   Range{0x4E00, 0xA4CF},   Range{0xA960, 0xA97F},
    Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},   Range{0xFF01, 0xFF60},
    Range{0xFFE0, 0xFFE6},   Range{0x16FE0, 0x18AFF}, Range{0x1B000, 0x1B2FF}, Range{0x1F004, 0x1F004},
    Range{0x1F18E, 0x1F19A}, Range{0x1F200, 0x1F265}, Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF},
    Range{0x1F7E0, 0x1F7EB}, Range{0x1F900, 0x1F9FF}, Range{0x1FA70, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

constexpr std::array combining{
    Range{0x00AD, 0x00AD}, Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},  Range{0x0610, 0x061A},
    Range{0x064B, 0x065F}, Range{0x06D6, 0x06DC}, Range{0x0900, 0x0902}, Range{0x093C, 0x093C},  Range{0x0941, 0x0948},
    Range{0x094D, 0x094D}, Range{0x0E31, 0x0E31}, Range{0x0E34, 0x0E3A}, Range{0x0E47, 0x0E4E},  Range{0x1AB0, 0x1AFF},
    Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F}, Range{0x202A, 0x202E}, Range{0x2060, 0x2069},  Range{0x20D0, 0x20FF},
    Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}, Range{0xE0000, 0xE01EF}};

bool within(std::span<const Range> ranges, char32_t c) {
  const auto after = std::ranges::upper_bound(ranges, c, {}, &Range::first);
  return after != ranges.begin() && c <= std::prev(after)->last;
}

struct Character {
  std::string_view bytes;
  char32_t code;  ///< U+FFFD for a byte that is not UTF-8
};

/// Takes the first character off `text`, which is not empty.
Character next_character(std::string_view& text) {
  const std::size_t length = utf8_sequence(text);
  const std::string_view bytes = text.substr(0, std::max<std::size_t>(length, 1));
  text.remove_prefix(bytes.size());
  if (length == 0) return {bytes, U'\uFFFD'};
  if (length == 1) return {bytes, static_cast<unsigned char>(bytes[0])};
  char32_t code = static_cast<unsigned char>(bytes[0]) & (0x7Fu >> length);
  for (const char byte : bytes.substr(1)) code = code << 6 | (static_cast<unsigned char>(byte) & 0x3Fu);
  return {bytes, code};
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029; }

/// Embeddings and overrides of direction would let a title rearrange the line it stands in.
bool is_direction(char32_t c) { return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069); }

int columns_of(char32_t c) {
  if (c < 0x300) return c == 0xAD ? 0 : 1;
  return within(combining, c) ? 0 : within(wide, c) ? 2 : 1;
}

// Of the 16 colours every terminal has, in the order of Paint; they follow the person's own palette.
constexpr std::array sgr{"", "1", "2", "36", "32", "92", "35", "2"};

std::string_view trimmed_end(std::string_view text) {
  const auto last = text.find_last_not_of(' ');
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

constexpr int narrowest = 40, widest = 500;

bool has_utf8_locale() {
  // The locale of the environment is asked only for its characters; numbers are printed the same anywhere.
  std::setlocale(LC_CTYPE, "");
  return std::string_view(nl_langinfo(CODESET)) == "UTF-8";
}

bool wants_colour(std::string_view color) {
  if (color != "auto") return color == "always";
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(term && std::string_view(term) == "dumb");
}

}  // namespace

int display_width(std::string_view text) {
  int columns = 0;
  while (!text.empty()) columns += columns_of(next_character(text).code);
  return columns;
}

std::string printable(std::string_view text, bool utf8) {
  std::string out;
  while (!text.empty()) {
    const auto [bytes, code] = next_character(text);
    if (is_direction(code)) continue;
    if (is_control(code))
      out += ' ';
    else if (code >= 0x80 && !utf8)
      out.append(static_cast<std::size_t>(columns_of(code)), '?');
    else if (code == U'\uFFFD')
      out += "\xEF\xBF\xBD";
    else
      out += bytes;
  }
  return out;
}

std::string fit(std::string_view text, int columns, bool utf8) {
  if (display_width(text) <= columns) return std::string(text);
  const std::string_view mark = utf8 ? "…" : "...";
  const int room = columns - display_width(mark);
  if (room < 0) return std::string(static_cast<std::size_t>(std::max(columns, 0)), '.');
  std::string out;
  int taken = 0;
  while (true) {
    const auto [bytes, code] = next_character(text);
    taken += columns_of(code);
    if (taken > room) break;
    out += bytes;
  }
  return out.append(mark);
}

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

Look look_of_stdout(std::string_view color) {
  return {.width = std::clamp(program::output_columns(), narrowest, widest),
          .colour = wants_colour(color),
          .utf8 = has_utf8_locale()};
}

}  // namespace activitytrack::report
