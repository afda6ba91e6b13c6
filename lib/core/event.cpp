#include <activitytrack/core/event.hpp>

namespace activitytrack {

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::none:
      return "none";
    case Verdict::genuine:
      return "genuine";
    case Verdict::scripted:
      return "scripted";
    case Verdict::mixed:
      return "mixed";
  }
  return "none";
}

std::optional<Verdict> parse_verdict(std::string_view word) noexcept {
  for (const Verdict v : {Verdict::none, Verdict::genuine, Verdict::scripted, Verdict::mixed}) {
    if (word == to_string(v)) return v;
  }
  return std::nullopt;
}

}  // namespace activitytrack
