#include "input/trace_parser.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace activitytrack {

namespace {

constexpr std::string_view header = "t_us,kind,a,b";
constexpr std::size_t max_line_bytes = 128;
constexpr std::int64_t max_us = 10'000'000'000'000;  // 115 days
constexpr double max_coordinate = 1e6;

enum class RowKind { move, rel, press, release, scroll, keydown, keyup };

struct KindName {
  std::string_view word;
  RowKind row;
  InputKind sample;
};

// The commonest first.
constexpr std::array<KindName, 7> kinds{{
    {"move", RowKind::move, InputKind::motion},
    {"rel", RowKind::rel, InputKind::motion},
    {"press", RowKind::press, InputKind::button_press},
    {"release", RowKind::release, InputKind::button_release},
    {"scroll", RowKind::scroll, InputKind::scroll},
    {"keydown", RowKind::keydown, InputKind::key_press},
    {"keyup", RowKind::keyup, InputKind::key_release},
}};

bool is_wheel(double button) { return button >= 4 && button <= 7; }

/// The whole field as a number; "1x", " 1", "+1" and "" are none.
template <class T>
bool read_number(std::string_view text, T& into) {
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), into);
  return failure == std::errc() && end == text.data() + text.size();
}

bool cut_at_comma(std::string_view& rest, std::string_view& field) {
  auto comma = rest.find(',');
  if (comma == std::string_view::npos) return false;
  field = rest.substr(0, comma);
  rest.remove_prefix(comma + 1);
  return true;
}

/// Why `value` cannot stand in a column of this row; empty if it can. std::from_chars reads "nan" and "inf".
std::string_view fault_of(std::string_view text, double& value) {
  if (!read_number(text, value)) return "is not a number";
  if (!std::isfinite(value)) return "is not a finite number";
  if (std::abs(value) > max_coordinate) return "is out of range: at most 1000000 either way";
  return {};
}

}  // namespace

struct TraceParser::Row {
  std::int64_t us = 0;
  const KindName* kind = nullptr;
  double a = 0, b = 0;
};

Error TraceParser::error(std::string_view what) const {
  return {ErrorCode::invalid_input, "line " + std::to_string(line_) + ": " + std::string(what)};
}

Result<void> TraceParser::feed(std::string_view piece) {
  while (!piece.empty()) {
    auto end = piece.find('\n');
    if (end == std::string_view::npos) {
      // One byte more than a line may have is enough to know that it is too long.
      partial_ += piece.substr(0, max_line_bytes + 1);
      if (partial_.size() <= max_line_bytes) return {};
      return take_line(partial_);
    }
    auto line = piece.substr(0, end);
    if (!partial_.empty()) line = partial_ += line.substr(0, max_line_bytes + 1);
    if (auto taken = take_line(line); !taken) return taken;
    partial_.clear();
    piece.remove_prefix(end + 1);
  }
  return {};
}

Result<Trace> TraceParser::finish() {
  if (!partial_.empty() || line_ == 0) {
    if (auto taken = take_line(partial_); !taken) return taken.error();
    partial_.clear();
  }
  return std::move(trace_);
}

Result<void> TraceParser::take_line(std::string_view line) {
  ++line_;
  if (line.size() > max_line_bytes)
    return error("longer than " + std::to_string(max_line_bytes) + " bytes; this is no trace");
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line_ == 1) {
    if (line == header) return {};
    return error("a trace begins with the header " + std::string(header));
  }

  std::string_view time, kind, a, b = line;
  if (!cut_at_comma(b, time) || !cut_at_comma(b, kind) || !cut_at_comma(b, a) || b.find(',') != std::string_view::npos)
    return error("a row has four columns: " + std::string(header));

  Row row;
  if (!read_number(time, row.us)) return error("t_us is not a whole number");
  if (row.us < 0 || row.us > max_us)
    return error("t_us is out of range: 0 to " + std::to_string(max_us) + " (115 days)");
  for (const auto& candidate : kinds)
    if (candidate.word == kind) row.kind = &candidate;
  if (!row.kind) return error("unknown kind; it is one of move, rel, press, release, scroll, keydown, keyup");
  if (auto fault = fault_of(a, row.a); !fault.empty()) return error("a " + std::string(fault));
  if (auto fault = fault_of(b, row.b); !fault.empty()) return error("b " + std::string(fault));
  return take_row(row);
}

Result<void> TraceParser::take_row(const Row& row) {
  if (row.us < last_us_)
    return error("t_us goes back from " + std::to_string(last_us_) + " to " + std::to_string(row.us) +
                 "; rows stand in order of time");
  last_us_ = row.us;

  InputSample sample{.at = Ticks(std::chrono::microseconds(row.us)), .kind = row.kind->sample};
  switch (row.kind->row) {
    case RowKind::move:
    case RowKind::rel: {
      bool absolute = row.kind->row == RowKind::move;
      if (absolute_.value_or(absolute) != absolute) return error("a trace has move or rel rows, not both");
      absolute_ = absolute;
      if (absolute) {
        add_move(sample, row);
        return {};
      }
      [[fallthrough]];
    }
    case RowKind::scroll:
      sample.dx = static_cast<float>(row.a);
      sample.dy = static_cast<float>(row.b);
      break;
    default:
      bool key = row.kind->row == RowKind::keydown || row.kind->row == RowKind::keyup;
      if (row.a != std::floor(row.a) || row.a < (key ? 0 : 1) || row.a > 255)
        return error(key ? "a is no slot: a whole number, 0 to 255" : "a is no button: a whole number, 1 to 255");
      if (!key && is_wheel(row.a)) return error("buttons 4 to 7 are the wheel: use scroll rows");
      if (row.b != 0) return error("b is 0 in a row of this kind");
      sample.slot = static_cast<std::uint16_t>(row.a);
      // A key that repeats while it is held is one press.
      if (row.kind->row == RowKind::keydown && down_[sample.slot]) return {};
      if (key) down_[sample.slot] = row.kind->row == RowKind::keydown;
  }
  trace_.samples.push_back(sample);
  return {};
}

/// The first position gives no distance, for nobody knows where the pointer came from.
void TraceParser::add_move(InputSample sample, const Row& row) {
  if (has_position_) {
    sample.dx = static_cast<float>(row.a - x_);
    sample.dy = static_cast<float>(row.b - y_);
  }
  has_position_ = true;
  x_ = row.a;
  y_ = row.b;
  trace_.samples.push_back(sample);
}

}  // namespace activitytrack
