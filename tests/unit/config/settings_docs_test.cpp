#include "settings_docs.hpp"

#include <doctest/doctest.h>

#include <fstream>

TEST_CASE("docs/settings.md is what the table says") {
  std::ifstream in(SETTINGS_DOCS);
  const std::string page(std::istreambuf_iterator<char>(in), {});
  INFO("the page's last lines say how to make it anew");
  CHECK(page == activitytrack::test::settings_docs());
}
