#pragma once

#include <activitytrack/input/input_source.hpp>

#include "source_contract.hpp"

// What every InputSource promises, whatever it reads from. A driver T has `source`, `now()`, and `tap()`: a
// key goes down, the left button goes down and up, the key goes up. `lose()`: its server goes away.

namespace activitytrack::test {

constexpr std::size_t tap_size = 4;

inline std::vector<InputKind> kinds(const std::vector<InputSample>& samples) {
  std::vector<InputKind> kinds;
  for (const auto& sample : samples) kinds.push_back(sample.kind);
  return kinds;
}

const std::vector<InputKind> tap_kinds{InputKind::key_press, InputKind::button_press, InputKind::button_release,
                                       InputKind::key_release};

}  // namespace activitytrack::test

TEST_CASE_TEMPLATE_DEFINE("InputSource: drain gives what happened, once, oldest first", T, input_drains) {
  using namespace activitytrack;
  T t;
  std::vector<InputSample> out;
  REQUIRE(t.source->drain(t.now(), out).has_value());
  CHECK(out.empty());
  t.tap();
  test::gather(t, test::tap_size, out);
  CHECK(test::kinds(out) == test::tap_kinds);
  test::check_times(t, out);
  REQUIRE(t.source->drain(t.now(), out).has_value());
  CHECK(out.size() == test::tap_size);

  t.tap();
  test::gather(t, test::tap_size, out);
  CHECK(out.size() == 2 * test::tap_size);
  test::check_times(t, out);
}

TEST_CASE_TEMPLATE_DEFINE("InputSource: drain appends", T, input_appends) {
  using namespace activitytrack;
  T t;
  const InputSample before{.at = Ticks(std::chrono::microseconds(1)), .kind = InputKind::motion};
  std::vector<InputSample> out{before};
  t.tap();
  test::gather(t, test::tap_size, out);
  REQUIRE(out.size() == 1 + test::tap_size);
  CHECK(out.front() == before);
}

TEST_CASE_TEMPLATE_DEFINE("InputSource: a release has the slot of its press", T, input_pairs) {
  using namespace activitytrack;
  T t;
  std::vector<InputSample> out;
  t.tap();
  test::gather(t, test::tap_size, out);
  REQUIRE(test::kinds(out) == test::tap_kinds);
  CHECK(out[0].slot == out[3].slot);
  CHECK(out[1].slot == 1);
  CHECK(out[2].slot == 1);
}

TEST_CASE_TEMPLATE_DEFINE("InputSource: the descriptor is readable while something waits, and is its own", T,
                          input_descriptor) {
  using namespace activitytrack;
  T t;
  test::check_descriptor<T, InputSample>(
      t, [&t] { t.tap(); }, test::tap_size);
}

TEST_CASE_TEMPLATE_DEFINE("InputSource: once lost it stays lost", T, input_lost) {
  T t;
  t.lose();
  activitytrack::test::check_lost<activitytrack::InputSample>(t);
}
