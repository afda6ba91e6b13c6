#include "sources/source.hpp"

#include <doctest/doctest.h>

#include "scripted_server.hpp"

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

/// Keeps lines as "level message name=value...".
class LinesLog final : public Log {
 public:
  void write(Log::Level level, std::string_view message, std::span<const Log::Field> fields) noexcept override {
    std::string line = std::string(to_string(level)) + " " + std::string(message);
    for (const Log::Field& field : fields) {
      line.append(" ").append(field.name) += "=";
      if (const auto* text = std::get_if<std::string_view>(&field.value)) line += *text;
      if (const auto* number = std::get_if<std::int64_t>(&field.value)) line += std::to_string(*number);
    }
    lines.push_back(line);
  }
  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("requests are noted at level debug, without the token") {
  const ScriptedServer server({always(http_answer("[]"))});
  LinesLog log;
  const auto fetch = report::make_http_fetch(server.url(), "a secret", "", log);
  REQUIRE(fetch.has_value());
  CHECK((*fetch)("/api/machines").value() == "[]");
  CHECK(log.lines == std::vector<std::string>{"debug asking the server server=" + server.url() + " path=/api/machines",
                                              "debug the server answered path=/api/machines status=200 bytes=2"});
}
