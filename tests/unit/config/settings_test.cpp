#include <doctest/doctest.h>
#include "config/settings_table.hpp"

#include <set>

#include "temp_folder.hpp"

using namespace activitytrack;
using activitytrack::test::ScopedEnv;
using activitytrack::test::TempFolder;

namespace {

std::string error_of(const std::string& key, const std::string& value) {
  const auto loaded = load_settings("", {{key, {{value}, "o"}}});
  return loaded ? "" : loaded.error().message;
}

}  // namespace

TEST_CASE("the table has every member of Settings once, and is sound") {
  // A member of each kind that the table forgot would keep its default here.
  Settings all;
  std::set<std::string_view> keys, inis;
  for (const auto& row : settings_table()) {
    CAPTURE(row.key);
    CHECK(keys.insert(row.key).second);
    CHECK(inis.insert(row.ini).second);
    CHECK(row.help.ends_with('.'));
    CHECK_FALSE(row.section.empty());
    if (row.secret) CHECK(row.remote == Remote::never);
    if (const auto* number = std::get_if<std::int64_t Settings::*>(&row.member)) {
      CHECK(row.min < row.max);
      CHECK((all.**number >= row.min && all.**number <= row.max));
      all.** number = -1;
    } else if (const auto* flag = std::get_if<bool Settings::*>(&row.member)) {
      all.** flag = !(all.**flag);
    } else if (const auto* text = std::get_if<std::string Settings::*>(&row.member)) {
      CHECK(check_setting(row, all.**text).has_value());
      all.** text = "set";
    } else if (const auto* list = std::get_if<std::vector<std::string> Settings::*>(&row.member)) {
      all.** list = {"set"};
    }
  }
  const Settings expected{.server_url = "set",
                          .credential = "set",
                          .ca_file = "set",
                          .machine_id = "set",
                          .remote_may_loosen = true,
                          .collect_interval_sec = -1,
                          .send_interval_sec = -1,
                          .buffer_path = "set",
                          .buffer_max_age_days = -1,
                          .buffer_max_mib = -1,
                          .idle_after_sec = -1,
                          .screenshots = true,
                          .track_system_stats = false,
                          .window_titles = false,
                          .judge_behaviour = false,
                          .input_measures = true,
                          .screenshot_when = "set",
                          .screenshot_interval_min = -1,
                          .screenshot_blur = false,
                          .screenshot_blur_kind = "set",
                          .screenshot_blur_sigma = -1,
                          .screenshot_pixel_block = -1,
                          .screenshot_full_size = true,
                          .screenshot_quality = -1,
                          .screenshot_subsampling = "set",
                          .screenshot_monitors = "set",
                          .screenshot_skip_unchanged = true,
                          .screenshot_excluded_apps = {"set"},
                          .screenshot_notify_each = true,
                          .screenshot_public_key = "set",
                          .screenshot_buffer_max_mib = -1,
                          .s3_bucket = "set",
                          .s3_prefix = "set",
                          .s3_access_key = "set",
                          .s3_secret_key = "set",
                          .s3_session_token = "set",
                          .s3_profile = "set",
                          .s3_region = "set",
                          .s3_endpoint = "set",
                          .s3_path_style = true,
                          .s3_sse = "set",
                          .s3_sse_kms_key = "set",
                          .s3_seal_events = true,
                          .log_level = "set",
                          .log_format = "set"};
  CHECK((all == expected));
}

TEST_CASE("each form of file gives the same settings") {
  const TempFolder folder;
  const auto yaml = load_settings(folder.write("c.yaml",
                                               "server_url: https://t.example\n"
                                               "collect_interval_sec: 30\n"
                                               "features: {screenshots: true}\n"
                                               "screenshots: {interval_min: 7}\n"
                                               "s3: {bucket: b, access_key: a, secret_key: s}\n"),
                                  {});
  const auto ini = load_settings(folder.write("c.ini",
                                              "[settings]\n"
                                              "server_url = https://t.example\n"
                                              "collect_interval = 30\n"
                                              "screenshots = true\n"
                                              "screenshot_interval = 7\n"
                                              "bucket_name = b\naws_access_key = a\naws_secret_key = s\n"),
                                 {});
  REQUIRE(yaml.has_value());
  REQUIRE(ini.has_value());
  CHECK((*yaml == *ini));
  Settings expected;
  expected.server_url = "https://t.example";
  expected.collect_interval_sec = 30;
  expected.screenshots = true;
  expected.screenshot_interval_min = 7;
  expected.s3_bucket = "b";
  expected.s3_access_key = "a";
  expected.s3_secret_key = "s";
  CHECK((*yaml == expected));
  CHECK((load_settings("", {}).value() == Settings{}));
}

TEST_CASE("what the agent's texts accept") {
  for (const char* url : {"", "http://h", "https://h:8100/prefix", "http://[::1]:80", "http://127.0.0.1"}) {
    CHECK(error_of("server_url", url) == "");
  }
  CHECK(error_of("server_url", "ftp://h") == "o: server_url: must begin with http:// or https://");
  CHECK(error_of("server_url", "h:8100") == "o: server_url: must begin with http:// or https://");
  for (const char* url : {"http://", "https:///x", "http://:80"}) {
    CHECK(error_of("server_url", url) == "o: server_url: names no host; as in https://host:port");
  }
  CHECK(error_of("server_url", "http://u:hunter2@h").find("hunter2") == std::string::npos);
  CHECK(error_of("server_url", "http://u:hunter2@h") != "");
  CHECK(error_of("server_url", "http://a b") != "");

  for (const char* id : {"", "vm-abc123-user1", "A.b_c:D-9"}) CHECK(error_of("machine_id", id) == "");
  CHECK(error_of("machine_id", std::string(128, 'x')) == "");
  for (const std::string& id :
       {std::string("a b"), std::string("a/b"), std::string("\xC3\xA4"), std::string(129, 'x')}) {
    CHECK(error_of("machine_id", id) ==
          "o: machine_id: must be 1 to 128 characters of A-Z a-z 0-9 . _ : -, and not . or ..");
  }
  CHECK(error_of("log_level", "warning") == "");
  CHECK(error_of("log_level", "loud") == "o: log_level: must be debug, info, warning or error");
  CHECK(error_of("log_format", "xml") == "o: log_format: must be text or json");
}

TEST_CASE("no error repeats a secret") {
  for (const auto& row : settings_table()) {
    if (!row.secret) continue;
    CAPTURE(row.key);
    const std::string error = error_of(std::string(row.key), "hunter2\n");
    CHECK(error != "");
    CHECK(error.find("hunter2") == std::string::npos);
  }
  const TempFolder folder;
  const auto loaded = load_settings(folder.write("c.ini", "[settings]\nhunter2\naws_secret_key hunter2\n"), {});
  REQUIRE_FALSE(loaded.has_value());
  CHECK(loaded.error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("a home's tilde in a path is the home") {
  const ScopedEnv home("HOME", "/home/anna");
  const auto loaded = load_settings("", {{"buffer_path", {{"~/b.db"}, ""}}, {"ca_file", {{"/etc/~/x"}, ""}}});
  CHECK(loaded.value().buffer_path == "/home/anna/b.db");
  CHECK(loaded.value().ca_file == "/etc/~/x");
}

TEST_CASE("the file is looked for in the home, and in XDG's place before") {
  const TempFolder folder;
  const ScopedEnv home("HOME", folder.path.c_str()), none("XDG_CONFIG_HOME", nullptr), data("XDG_DATA_HOME", nullptr);
  CHECK(default_buffer_path() == folder.path / ".local/share/activity-tracker/buffer.db");
  const auto ini = folder.write(".config/activity-tracker/config.ini", "");
  CHECK(find_settings_file("config") == ini);
  const auto yaml = folder.write(".config/activity-tracker/config.yaml", "");
  CHECK(find_settings_file("config") == yaml);

  const auto other = folder.write("xdg/activity-tracker/config.yaml", "");
  const ScopedEnv xdg("XDG_CONFIG_HOME", (folder.path / "xdg").c_str()), xdg_data("XDG_DATA_HOME", "/data");
  CHECK(find_settings_file("config") == other);
  CHECK(default_buffer_path() == "/data/activity-tracker/buffer.db");
  const ScopedEnv relative("XDG_CONFIG_HOME", "xdg");
  CHECK(find_settings_file("config") == yaml);
}

TEST_CASE("a file that cannot be looked at is no file that is not there: what reads it says why") {
  const TempFolder folder;
  const ScopedEnv home("HOME", folder.path.c_str()), none("XDG_CONFIG_HOME", nullptr);
  const auto folder_of_files = folder.path / ".config/activity-tracker";
  std::filesystem::create_directories(folder_of_files.parent_path());
  std::filesystem::create_symlink(folder_of_files, folder_of_files);
  const auto found = find_settings_file("config");
  CHECK(found == folder_of_files / "config.yaml");
  CHECK(load_settings(found, {}).error().message.starts_with(found));
}

TEST_CASE("one setting is set by its key, from a text as in a file") {
  Settings settings;
  CHECK(set_setting(settings, "screenshots.interval_min", "7").has_value());
  CHECK(set_setting(settings, "features.screenshots", "yes").has_value());
  CHECK(set_setting(settings, "screenshots.excluded_apps", "keepassxc, vault").has_value());
  Settings expected;
  expected.screenshot_interval_min = 7;
  expected.screenshots = true;
  expected.screenshot_excluded_apps = {"keepassxc", "vault"};
  CHECK((settings == expected));

  const ScopedEnv home("HOME", "/home/ann");
  CHECK(set_setting(settings, "buffer_path", "~/b.db").has_value());
  CHECK(settings.buffer_path == "/home/ann/b.db");

  CHECK(set_setting(settings, "screenshots.interval", "7").error() ==
        Error{ErrorCode::not_found, "there is no setting screenshots.interval"});
  const auto refused = set_setting(settings, "screenshots.interval_min", "0");
  CHECK(refused.error() ==
        Error{ErrorCode::invalid_input, "screenshots.interval_min: must be a whole number from 1 to 1440, in min"});
  CHECK(settings.screenshot_interval_min == 7);
}
