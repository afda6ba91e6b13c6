// The source that needs no display; x11_test.cpp checks the X11 source for the same.
#include <activitytrack/core/memory_source.hpp>
#include <activitytrack/desktop/desktop.hpp>

#include "focus_source_contract.hpp"

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Memory {
  MemorySource<FocusSource>* filled = new MemorySource<FocusSource>;
  std::unique_ptr<FocusSource> source{filled};
  FocusSample shown;

  Memory() { focus("editor", "One"); }
  ClockReading now() const { return {Time(0s), shown.at + 1us}; }
  void focus(const std::string& app, const std::string& title) {
    shown = {shown.at + 1s, app, title};
    filled->push(shown);
  }
  void retitle(const std::string& title) { focus(shown.app, title); }
  void blur() { focus("", ""); }
  void lose() { filled->fail({ErrorCode::unavailable, "the display went away"}); }
};

}  // namespace

TEST_CASE_TEMPLATE_INVOKE(focus_first, Memory);
TEST_CASE_TEMPLATE_INVOKE(focus_changes, Memory);
TEST_CASE_TEMPLATE_INVOKE(focus_appends, Memory);
TEST_CASE_TEMPLATE_INVOKE(focus_descriptor, Memory);
TEST_CASE_TEMPLATE_INVOKE(focus_lost, Memory);

TEST_CASE("MemorySource<FocusSource>: what lies in the future waits, and keeps the descriptor readable") {
  MemorySource<FocusSource> source;
  source.push({Ticks(10s), "editor", "One"});
  source.push({Ticks(20s), "shell", "Two"});
  std::vector<FocusSample> out;
  REQUIRE(source.drain(reading(15s), out).has_value());
  CHECK(out == std::vector{FocusSample{Ticks(10s), "editor", "One"}});
  CHECK(readable(source.fd()));
}
