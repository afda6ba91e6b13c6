#pragma once

#include <activitytrack/desktop/desktop.hpp>

#include "source_contract.hpp"

#include <string>

// What every FocusSource promises. A driver T opens `source` where the window "One" of the application
// "editor" has the focus; it has `now()`, `focus(app, title)`, `retitle(title)` of what has the focus,
// `blur()`: no window has it, and `lose()`: its server goes away.

namespace activitytrack::test {

/// The one change that `act` makes.
template <class Driver>
FocusSample change(Driver& t, auto act) {
  std::vector<FocusSample> out;
  act();
  gather(t, 1, out);
  REQUIRE(out.size() == 1);
  check_times(t, out);
  CHECK(t.source->drain(t.now(), out).has_value());
  CHECK(out.size() == 1);  // reported once
  return out[0];
}

inline void check_shows(const FocusSample& sample, const std::string& app, const std::string& title) {
  CHECK(sample.app == app);
  CHECK(sample.title == title);
}

}  // namespace activitytrack::test

TEST_CASE_TEMPLATE_DEFINE("FocusSource: the first drain gives the window that has the focus", T, focus_first) {
  using namespace activitytrack;
  T t;
  test::check_shows(test::change(t, [] {}), "editor", "One");
}

TEST_CASE_TEMPLATE_DEFINE("FocusSource: each change is reported once", T, focus_changes) {
  using namespace activitytrack;
  T t;
  std::vector<FocusSample> seen{test::change(t, [] {})};
  const auto shows = [&](auto act, const std::string& app, const std::string& title) {
    seen.push_back(test::change(t, act));
    test::check_shows(seen.back(), app, title);
  };
  shows([&] { t.focus("shell", "Two"); }, "shell", "Two");
  shows([&] { t.retitle("Three"); }, "shell", "Three");
  shows([&] { t.retitle(""); }, "shell", "");
  shows([&] { t.blur(); }, "", "");
  shows([&] { t.focus("editor", "Grüße"); }, "editor", "Grüße");
  test::check_times(t, seen);
}

TEST_CASE_TEMPLATE_DEFINE("FocusSource: drain appends", T, focus_appends) {
  using namespace activitytrack;
  T t;
  const FocusSample before{Ticks(std::chrono::microseconds(1)), "before", "it"};
  std::vector<FocusSample> out{before};
  test::gather(t, 1, out);
  REQUIRE(out.size() == 2);
  CHECK(out.front() == before);
}

TEST_CASE_TEMPLATE_DEFINE("FocusSource: the descriptor is readable while something waits, and is its own", T,
                          focus_descriptor) {
  using namespace activitytrack;
  T t;
  (void)test::change(t, [] {});
  int number = 0;
  test::check_descriptor<T, FocusSample>(
      t, [&] { t.retitle("title " + std::to_string(++number)); }, 1);
}

TEST_CASE_TEMPLATE_DEFINE("FocusSource: once lost it stays lost", T, focus_lost) {
  using namespace activitytrack;
  T t;
  (void)test::change(t, [] {});
  t.lose();
  test::check_lost<FocusSample>(t);
}
