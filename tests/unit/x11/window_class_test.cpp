#include "x11/property.hpp"
#include "x11/window_names.hpp"

#include <doctest/doctest.h>

using namespace activitytrack::x11;
using namespace std::string_view_literals;

TEST_CASE("WM_CLASS is an instance and a class") {
  const auto is = [](std::string_view text, std::string_view instance, std::string_view name) {
    const WindowClass both = split_class(text);
    CHECK(both.instance == instance);
    CHECK(both.name == name);
  };
  is("navigator\0Firefox\0"sv, "navigator", "Firefox");
  is("navigator\0Firefox"sv, "navigator", "Firefox");
  is("navigator\0"sv, "navigator", "");
  is("navigator"sv, "navigator", "navigator");
  is(""sv, "", "");
}

TEST_CASE("names are the same in any case of ASCII letters") {
  CHECK(same_name("Firefox", "fireFOX"));
  CHECK_FALSE(same_name("firefox", "firefox-esr"));
  CHECK_FALSE(same_name("firefox-esr", "firefox"));
  CHECK_FALSE(same_name("@", "`"));  // as far apart as letters are
  CHECK(same_name("", ""));
}
