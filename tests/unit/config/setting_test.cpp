#include "config/setting.hpp"
#include <doctest/doctest.h>

#include <array>

#include "temp_folder.hpp"

using namespace activitytrack;
using activitytrack::test::ScopedEnv;

namespace {

/// A program's settings other than the agent's.
struct Small {
  bool flag = false;
  std::int64_t port = 80;
  std::string name = "n";
  std::vector<std::string> listen{"default"};
};

Result<void> check_short(std::string_view text) {
  if (text.size() <= 9) return {};
  return Error{ErrorCode::invalid_input, "must be short"};
}

const std::array<Setting<Small>, 4> small_table{{
    {"flag", "flag", &Small::flag, "", "A flag."},
    {"net.port", "port", &Small::port, "bytes", "A number.", 1, 65535},
    {"name", "", &Small::name, "", "A text.", 0, 0, true, false, check_short},
    {"listen", "listen", &Small::listen, "", "A list.", 0, 0, false, false, check_short},
}};
const std::span<const Setting<Small>> table{small_table};

struct Applied {
  Small small;
  SettingErrors errors;
};

Applied apply(const std::string& key, std::vector<std::string> values) {
  Applied applied;
  apply_settings(table, {{key, {std::move(values), "here"}}}, applied.small, applied.errors);
  return applied;
}

}  // namespace

TEST_CASE("booleans are read in all their usual spellings") {
  for (const char* yes : {"true", "Yes", "ON", "1", " true "}) CHECK(apply("flag", {yes}).small.flag);
  Small small{.flag = true};
  SettingErrors errors;
  for (const char* no : {"false", "No", "OFF", "0"}) {
    small.flag = true;
    apply_settings(table, {{"flag", {{no}, "here"}}}, small, errors);
    CHECK_FALSE(small.flag);
  }
  CHECK(errors.joined() == "");
  for (const char* bad : {"", "2", "truee", "y"}) {
    CHECK(apply("flag", {bad}).errors.joined() ==
          "here: flag: must be true or false (yes, no, on, off, 1 and 0 will do)");
  }
}

TEST_CASE("numbers are whole and in their range, or left as they were") {
  CHECK(apply("net.port", {"1"}).small.port == 1);
  CHECK(apply("net.port", {"65535"}).small.port == 65535);
  for (const char* bad : {"", "0", "65536", "-1", "1.5", "8o", "0x10", "99999999999999999999", "5 s"}) {
    CAPTURE(bad);
    const Applied applied = apply("net.port", {bad});
    CHECK(applied.small.port == 80);
    CHECK(applied.errors.joined() == "here: net.port: must be a whole number from 1 to 65535, in bytes");
  }
}

TEST_CASE("a text is one value without control characters, and passes its check") {
  CHECK(apply("name", {"\xC3\xA4"}).small.name == "\xC3\xA4");
  CHECK(apply("name", {"a", "b"}).errors.joined() == "here: name: takes one value, not a list");
  CHECK(apply("name", {}).errors.joined() == "here: name: takes one value, not a list");
  CHECK(apply("name", {"a\nb"}).errors.joined() == "here: name: must be one line without control characters");
  const Applied refused = apply("name", {"secret-secret"});
  CHECK(refused.errors.joined() == "here: name: must be short");
  CHECK(refused.small.name == "n");
}

TEST_CASE("a list is many values, or one with commas, and each passes the check") {
  using List = std::vector<std::string>;
  CHECK(apply("listen", {"a", "b"}).small.listen == List{"a", "b"});
  CHECK(apply("listen", {" a, b ,,"}).small.listen == List{"a", "b"});
  CHECK(apply("listen", {}).small.listen == List{});
  const Applied refused = apply("listen", {"a", "0123456789"});
  CHECK(refused.errors.joined() == "here: listen: must be short");
  CHECK(refused.small.listen == List{"default"});
}

TEST_CASE("options win over the environment, and that over the file; all faults are reported") {
  const test::TempFolder folder;
  const std::string file = folder.write("c.yaml", "flag: yes\nnet: {port: 1}\nname: file\n");
  const ScopedEnv port("ACTIVITYTRACK_NET_PORT", "2"), name("ACTIVITYTRACK_NAME", "env"),
      empty("ACTIVITYTRACK_LISTEN", "");
  const auto loaded = load_settings(table, file, {{"name", {{"option"}, "option --name"}}});
  REQUIRE(loaded.has_value());
  CHECK(loaded->flag);
  CHECK(loaded->port == 2);
  CHECK(loaded->name == "option");
  CHECK(loaded->listen == std::vector<std::string>{"default"});

  const ScopedEnv bad_port("ACTIVITYTRACK_NET_PORT", "x");
  folder.write("c.yaml", "flag: maybe\nnote: 1\n");
  const auto failed = load_settings(table, file, {{"name", {{"far too long"}, "option --name"}}});
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error() ==
        Error{ErrorCode::invalid_input,
              file + ":2: note: unknown key; did you mean name?\n" + file +
                  ":1: flag: must be true or false (yes, no, on, off, 1 and 0 will do)\n"
                  "environment variable ACTIVITYTRACK_NET_PORT: net.port: must be a whole number from 1 to "
                  "65535, in bytes\n"
                  "option --name: name: must be short"});
}

TEST_CASE("a key with no place in INI files is unknown there") {
  SettingErrors errors;
  parse_ini_settings("[settings]\nname = x\n= y\n", "c.ini", setting_names(table), errors);
  CHECK(errors.lines.size() == 2);
}

TEST_CASE("a file full of errors does not flood the screen") {
  SettingErrors errors;
  for (int i = 0; i < 53; ++i) errors.add("f:" + std::to_string(i), "key", "wrong");
  CHECK(errors.joined().ends_with("\nf:49: key: wrong\nand 3 more"));
}

TEST_CASE("names of variables and options") {
  CHECK(environment_name("screenshots.interval_min") == "ACTIVITYTRACK_SCREENSHOTS_INTERVAL_MIN");
  CHECK(option_name("screenshots.interval_min") == "screenshots-interval-min");
}

TEST_CASE("a file that cannot be used is reported") {
  const test::TempFolder folder;
  const auto errors_of = [&](const std::string& file) {
    SettingErrors errors;
    CHECK(read_settings_file(file, setting_names(table), errors).empty());
    return errors.joined();
  };
  const std::string path = folder.path;
  CHECK(errors_of(path + "/none.yaml") == path + "/none.yaml: cannot be read: No such file or directory");
  CHECK(errors_of(path) == path + ": is not a regular file");
  CHECK(errors_of("/dev/zero") == "/dev/zero: is not a regular file");
  const std::string huge = folder.write("huge.yaml", std::string((1 << 20) + 1, '#'));
  CHECK(errors_of(huge) == huge + ": is larger than 1 MiB; settings are not");
  CHECK(errors_of(folder.write("largest.yaml", std::string(1 << 20, '#'))) == "");
  CHECK(errors_of(folder.write("c.ini", "flag: 1\n")).find("c.ini:1: flag: stands before") != std::string::npos);
}
