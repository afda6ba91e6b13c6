// Any bytes as a trace: a reader that never crashes, does not care where its text is cut, and reads back
// what it gave.
#include "input/trace_parser.hpp"

#include <charconv>
#include <cstdint>
#include <cstdlib>

using namespace activitytrack;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// Cut into pieces of growing length.
Result<std::vector<InputSample>> parse_in_pieces(std::string_view text) {
  TraceParser parser;
  for (std::size_t length = 1; !text.empty(); ++length) {
    auto piece = text.substr(0, length);
    if (auto fed = parser.feed(piece); !fed) return fed.error();
    text.remove_prefix(piece.size());
  }
  return parser.finish();
}

std::string_view kind_word(InputKind kind) {
  switch (kind) {
    case InputKind::motion:
      return "rel";
    case InputKind::scroll:
      return "scroll";
    case InputKind::button_press:
      return "press";
    case InputKind::button_release:
      return "release";
    case InputKind::key_press:
      return "keydown";
    case InputKind::key_release:
      return "keyup";
  }
  std::abort();
}

void append(std::string& csv, float value) {
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  csv.append(digits, end);
}

std::string encode(const std::vector<InputSample>& trace) {
  std::string csv = "t_us,kind,a,b\n";
  for (const auto& sample : trace) {
    csv += std::to_string(sample.at.time_since_epoch().count()) + ',';
    csv += kind_word(sample.kind);
    csv += ',';
    bool moves = sample.kind == InputKind::motion || sample.kind == InputKind::scroll;
    append(csv, moves ? sample.dx : sample.slot);
    csv += ',';
    append(csv, sample.dy);
    csv += '\n';
  }
  return csv;
}

/// The way between two positions may be twice as long as a relative row can say.
bool fits_relative_rows(const std::vector<InputSample>& trace) {
  for (const auto& sample : trace)
    if (std::abs(sample.dx) > 1e6F || std::abs(sample.dy) > 1e6F) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto trace = parse_trace(text);
  auto in_pieces = parse_in_pieces(text);
  require(trace.has_value() == in_pieces.has_value());
  if (!trace) {
    require(trace.error() == in_pieces.error());
    require(trace.error().message.starts_with("line "));
    return 0;
  }
  require(*trace == *in_pieces);
  if (!fits_relative_rows(*trace)) return 0;
  auto again = parse_trace(encode(*trace));
  require(again.has_value() && *again == *trace);
  return 0;
}
