#include "server/metrics/metrics_text.hpp"

#include <array>
#include <charconv>

namespace activitytrack::server {

MetricsText& MetricsText::head(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
  return *this;
}

MetricsText& MetricsText::line(std::string_view suffix, std::string_view labels, double value) {
  text_.append(name_).append(suffix);
  if (!labels.empty()) text_.append("{").append(labels).append("}");
  text_.append(" ").append(number(value)).append("\n");
  return *this;
}

/// The shortest text that reads back as the same number.
std::string MetricsText::number(double value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

std::string MetricsText::join(std::string_view labels, const std::string& more) {
  return labels.empty() ? more : std::string(labels) + ',' + more;
}

}  // namespace activitytrack::server
