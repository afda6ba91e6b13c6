#include "common/help.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::program;

namespace {

struct Shape {
  bool flag = true;
  std::int64_t seconds = 60;
  std::string text;
  std::vector<std::string> list{"a", "b"};
};

const Setting<Shape> shape_table[] = {
    {"flag", "flag", &Shape::flag, "", "A flag."},
    {"wait.seconds", "seconds", &Shape::seconds, "s", "A time.", 1, 3600},
    {"text", "text", &Shape::text, "", "A text."},
    {"list", "list", &Shape::list, "URL", "A list."},
};
const Group shape_groups[] = {{"Times", {"wait."}}};

}  // namespace

TEST_CASE("help tells a setting's kind, range and default, under its group") {
  HelpPage page(100);
  page.options(setting_options<Shape>(shape_table, shape_groups));
  CHECK(page.text() ==
        "More:\n"
        "  --flag BOOL                     A flag. [true]\n"
        "  --text TEXT                     A text.\n"
        "  --list URL                      A list. [a,b]\n"
        "\nTimes:\n"
        "  --wait-seconds SEC              A time. From 1 to 3600. [60 s]\n");
}

TEST_CASE("long explanations are broken between words, a default is not") {
  HelpPage page(100);
  page.entry("--an-option-with-a-very-long-name NAME",
             "Words that go on for so long that they reach the end of the line at 100 here. [16 MiB]");
  page.entry("x", "Words that go on for so long that they reach the end of its line [16 MiB]");
  CHECK(page.text() ==
        "  --an-option-with-a-very-long-name NAME\n"
        "                                  Words that go on for so long that they reach the end of the line\n"
        "                                  at 100 here. [16 MiB]\n"
        "  x                               Words that go on for so long that they reach the end of its line\n"
        "                                  [16 MiB]\n");
}

TEST_CASE("paragraphs fit the columns that there are, whatever their own line breaks") {
  HelpPage page(40);
  page.paragraph("Usage: prog show THING [--label TEXT] [--colour]", 7);
  page.paragraph("Words that were broken\nfor a wider page, and are\nput together anew.");
  CHECK(page.text() ==
        "Usage: prog show THING [--label TEXT]\n"
        "       [--colour]\n"
        "\n"
        "Words that were broken for a wider page,\n"
        "and are put together anew.\n");
}

TEST_CASE("columns have limits, in which help can be read") {
  for (const auto& [columns, longest] : {std::pair{1, 40}, {40, 40}, {60, 60}, {100, 100}, {1000, 100}}) {
    HelpPage page(columns);
    std::string text;
    for (int i = 0; i < 200; ++i) text += "a ";
    page.paragraph(text);
    CHECK(page.text().find('\n') == static_cast<std::size_t>(longest) - 1);
  }
}
