#include "text/screen.hpp"
#include "text/table.hpp"
#include "text/units.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace activitytrack;
using namespace activitytrack::report;

namespace {

std::string shown(const Spans& spans, Look look = {}) {
  std::ostringstream out;
  Screen(out, look).line(spans);
  return out.str();
}

std::string bar(double active, double scripted, double observed, bool utf8 = true) {
  Totals totals;
  totals.active_sec = active;
  totals.scripted_sec = scripted;
  totals.observed_sec = observed;
  const Spans spans = activity_bar(totals, 100, 10, utf8);
  CHECK(width_of(spans) == 10);
  return shown(spans, {.utf8 = utf8});
}

}  // namespace

TEST_CASE("widths are those of a terminal") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("Grüße") == 5);
  CHECK(display_width("日本語") == 6);
  CHECK(display_width("한글") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("😀") == 2);
  CHECK(display_width("█▏·") == 3);
  CHECK(display_width("\xFF\xFE") == 2);
}

TEST_CASE("text is cut at a character's edge, with a mark") {
  CHECK(fit("abcdef", 6, true) == "abcdef");
  CHECK(fit("abcdefg", 6, true) == "abcde…");
  CHECK(fit("abcdefg", 6, false) == "abc...");
  CHECK(fit("日本語", 5, true) == "日本…");
  CHECK(fit("日本語", 4, true) == "日…");
  CHECK(fit("abc", 0, true) == "");
}

TEST_CASE("nothing from outside moves the cursor or changes colours") {
  CHECK(printable("a\x1b[31mb\tc\r\n", true) == "a [31mb c  ");
  CHECK(printable("a\u202Eb\u0085c", true) == "ab c");
  CHECK(printable("Grüße 日本", false) == "Gr??e ????");
  CHECK(printable("\xFF", true) == "\uFFFD");
}

TEST_CASE("a line has no colours unless asked, no blanks at its end, and no more than the width") {
  const Spans spans{{"abc", Paint::title}, {"   "}, {"de", Paint::none}, {"   ", Paint::dim}};
  CHECK(shown(spans) == "abc   de\n");
  CHECK(shown(spans, {.colour = true}) == "\x1b[1mabc\x1b[0m   de\n");
  CHECK(shown({{"abcdefgh"}, {"ij"}}, {.width = 5}) == "abcd…\n");
  CHECK(shown({}) == "\n");
}

TEST_CASE("bars are exact to an eighth, and show whatever there is") {
  CHECK(bar(0, 0, 0) == "\n");
  CHECK(bar(50, 0, 50) == "█████\n");
  CHECK(bar(51.25, 0, 51.25) == "█████▏\n");
  CHECK(bar(0.001, 0, 0.001) == "▏\n");
  CHECK(bar(100, 0, 100) == "██████████\n");
  CHECK(bar(500, 0, 500) == "██████████\n");
  CHECK(bar(20, 30, 100) == "██▒▒▒·····\n");
  CHECK(bar(20, 1, 21) == "██▒\n");
  CHECK(bar(20, 30, 100, false) == "##xxx.....\n");
  CHECK(bar(0.001, 0, 0.001, false) == "#\n");
}

TEST_CASE("tables stand in columns, wide characters too") {
  std::ostringstream out;
  Screen screen(out, {.width = 20});
  Table table({{"App", false, 0, true}, {"N", true, 3}});
  table.row({{{"日本語"}}, {{"1"}}});
  table.row({{{"a name that is far too long"}}, {{"1234"}}});
  table.print(screen);
  CHECK(out.str() == "App                N\n日本語             1\na name that i…  1234\n");
}

TEST_CASE("units a person reads") {
  CHECK(duration_text(0) == "0 s");
  CHECK(duration_text(59.4) == "59 s");
  CHECK(duration_text(59.6) == "1 min");
  CHECK(duration_text(3569) == "59 min");
  CHECK(duration_text(3599) == "1 h 00 min");
  CHECK(duration_text(4980) == "1 h 23 min");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1,000");
  CHECK(count_text(999'999) == "999,999");
  CHECK(count_text(1'234'567) == "1.23 M");
  CHECK(short_count(9'999) == "9,999");
  CHECK(short_count(10'000) == "10.0 k");
  CHECK(short_count(12'345) == "12.3 k");
  CHECK(short_count(999'500) == "1.00 M");
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(999) == "999 B");
  CHECK(bytes_text(1'000) == "1.00 kB");
  CHECK(bytes_text(9'000'000'000'000'000) == "9.00 PB");
  CHECK(percent_text(23.4) == "23%");
  CHECK(percent_text(std::nullopt) == "-");
  CHECK(counted(1, "key", "keys") == "1 key");
  CHECK(counted(0, "key", "keys") == "0 keys");
  CHECK(long_date(Date{std::chrono::year(2024), std::chrono::month(1), std::chrono::day(15)}) ==
        "Monday, 15 January 2024");
  CHECK(offset_text(-210) == "-03:30");
  CHECK(clock_text(Time{}, 330) == "05:30");
}
