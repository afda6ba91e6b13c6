#include "config/remote_settings.hpp"

#include <activitytrack/seal/seal.hpp>

#include <doctest/doctest.h>

using namespace activitytrack;

namespace {

std::string normal(std::string_view key, std::string_view json) {
  const auto value = normal_value(*find_setting(key), json);
  return value ? *value : "! " + value.error().message;
}

std::string refused(const OwnSettings& own, const SettingValues& values) {
  const auto outcome = take_remote(own, values);
  return outcome.refused ? outcome.refused->key : "";
}

OwnSettings own_with(std::string_view key, std::string_view text) {
  OwnSettings own;
  REQUIRE(set_setting(own.settings, key, text).has_value());
  return own;
}

}  // namespace

TEST_CASE("a value has one form, and only JSON of the setting's own type is one") {
  CHECK(normal("screenshots.interval_min", " 5 ") == "5");
  CHECK(normal("screenshots.blur", "true") == "true");
  CHECK(normal("screenshots.when", R"("focus")") == R"("focus")");
  CHECK(normal("screenshots.excluded_apps", R"(["b", "a"])") == R"(["a","b"])");
  CHECK(normal("screenshots.interval_min", "0").starts_with("! must be"));
  CHECK(normal("screenshots.when", R"("often")") == "! must be interval, random or focus");
  for (const auto* wrong :
       {"\"5\"", "5.5", "null", "true", "[5]", "{}", "1e3", "9223372036854775808", "", "5,", "[[[[[1]]]]]"})
    CHECK(normal("screenshots.interval_min", wrong).starts_with("! must be"));
  for (const auto* wrong : {"1", "\"yes\"", "null"})
    CHECK(normal("screenshots.blur", wrong) == "! must be true or false");
  for (const auto* wrong : {"\"a\"", "[1]", R"(["a,b"])"})
    CHECK(normal("screenshots.excluded_apps", wrong).starts_with("! must be a list"));
  std::string many = "[\"a0\"";
  for (int i = 1; i <= 1000; ++i) many += ",\"a" + std::to_string(i) + "\"";
  CHECK(normal("screenshots.excluded_apps", many + "]") == "! must have at most 1000 entries");
}

TEST_CASE("values are taken over the machine's own, all or nothing; unknown ones are passed over") {
  const auto own = own_with("send_interval_sec", "60");
  const auto outcome = take_remote(own, {{"collect_interval_sec", "10"}, {"of.a_newer_server", "{\"a\":1}"}});
  REQUIRE_FALSE(outcome.refused);
  CHECK(outcome.settings.send_interval_sec == 60);
  CHECK(outcome.settings.collect_interval_sec == 10);
  CHECK(outcome.unknown == std::vector<std::string>{"of.a_newer_server"});
  CHECK(outcome.taken == SettingValues{{"collect_interval_sec", "10"}});
  const auto bad = take_remote(own, {{"collect_interval_sec", "10"}, {"idle_after_sec", "0"}});
  REQUIRE(bad.refused);
  CHECK(bad.refused->key == "idle_after_sec");
  CHECK(bad.refused->reason.starts_with("must be"));
}

TEST_CASE("what a server may never set it cannot, whatever the machine allows") {
  const auto own = own_with("remote.may_loosen", "true");
  for (const auto& row : settings_table()) {
    if (row.remote != Remote::never) continue;
    CAPTURE(row.key);
    CHECK(refused(own, {{std::string(row.key), value_of(Settings(), row)}}) == row.key);
  }
  for (const auto* key : {"server_url", "credential", "ca_file", "machine_id", "buffer_path", "remote.may_loosen",
                          "s3.bucket", "s3.endpoint", "s3.secret_key", "s3.seal_events"})
    CHECK(find_setting(key)->remote == Remote::never);
}

TEST_CASE("what protects the person is tightened, and loosened only where the machine allows it") {
  struct Case {
    const char* key;
    const char* tighter;  // than the default, or the default itself
    const char* looser;
  };
  for (const Case& c : {Case{"features.screenshots", "false", "true"},
                        {"features.window_titles", "false", nullptr},
                        {"features.input_measures", "false", "true"},
                        {"screenshots.when", "\"interval\"", "\"focus\""},
                        {"screenshots.interval_min", "30", "4"},
                        {"screenshots.blur", "true", "false"},
                        {"screenshots.blur_kind", "\"gaussian\"", "\"pixels\""},
                        {"screenshots.blur_sigma", "30", "7"},
                        {"screenshots.pixel_block", "50", "20"},
                        {"screenshots.full_size", "false", "true"},
                        {"screenshots.excluded_apps", "[\"a\"]", nullptr},
                        {"screenshots.notify_each", "true", nullptr}}) {
    CAPTURE(c.key);
    CHECK(refused({}, {{c.key, c.tighter}}) == "");
    if (!c.looser) continue;
    CHECK(refused({}, {{c.key, c.looser}}) == c.key);
    const auto allowed = take_remote(own_with("remote.may_loosen", "true"), {{c.key, c.looser}});
    CHECK_FALSE(allowed.refused);
    CHECK(allowed.loosened == std::vector<std::string>{c.key});
  }
}

TEST_CASE("looser is measured by the machine's own value, not by the default or what a server set before") {
  CHECK(refused(own_with("screenshots.blur_sigma", "20"), {{"screenshots.blur_sigma", "19"}}) ==
        "screenshots.blur_sigma");
  CHECK(refused(own_with("screenshots.blur_sigma", "4"), {{"screenshots.blur_sigma", "7"}}) == "");
  const auto apps = own_with("screenshots.excluded_apps", "KeePassXC,mail");
  CHECK(refused(apps, {{"screenshots.excluded_apps", R"(["mail","KeePassXC","x"])"}}) == "");
  CHECK(refused(apps, {{"screenshots.excluded_apps", R"(["mail","x","y"])"}}) == "screenshots.excluded_apps");
  CHECK(refused(own_with("features.window_titles", "false"), {{"features.window_titles", "true"}}) ==
        "features.window_titles");
  CHECK(refused(own_with("screenshots.notify_each", "true"), {{"screenshots.notify_each", "false"}}) ==
        "screenshots.notify_each");
}

TEST_CASE("a public key is set once, and stays when the server takes it back") {
  const std::string key = to_text(public_key_of(make_private_key())),
                    other = to_text(public_key_of(make_private_key()));
  const auto value = [](const std::string& text) {
    return SettingValues{{"screenshots.public_key", '"' + text + '"'}};
  };
  OwnSettings own = own_with("remote.may_loosen", "true");
  CHECK(take_remote(own, value(key)).settings.screenshot_public_key == key);
  own.pinned_key = key;
  CHECK(refused(own, value(key)) == "");
  CHECK(refused(own, value(other)) == "screenshots.public_key");
  CHECK(take_remote(own, {}).settings.screenshot_public_key == key);
  own.settings.screenshot_public_key = other;  // the machine's own comes first
  CHECK(refused(own, value(key)) == "screenshots.public_key");
  CHECK(take_remote(own, {}).settings.screenshot_public_key == other);
}

TEST_CASE("a machine names what bounds a server, so that all else can be sent") {
  OwnSettings own;
  own.settings.screenshot_blur_sigma = 20;
  own.settings.send_interval_sec = 60;
  own.settings.credential = "secret";
  CHECK(own_bounds(own) == SettingValues{{"screenshots.blur_sigma", "20"}});
  CHECK(format_values(own_bounds(own)) == R"({"screenshots.blur_sigma":20})");
  CHECK(parse_values(R"({"screenshots.blur_sigma":20})") == own_bounds(own));
  CHECK_FALSE(parse_values("[]"));
  CHECK_FALSE(parse_values(R"({"a":[[[[[[1]]]]]]})"));
  own.pinned_key = to_text(public_key_of(make_private_key()));
  CHECK(own_bounds(own).at("screenshots.public_key") == '"' + own.pinned_key + '"');
}

TEST_CASE("a server cannot have dropped what was collected and not sent yet") {
  for (const auto* key : {"buffer_max_mib", "buffer_max_age_days", "screenshots.buffer_max_mib"}) {
    const auto own = own_with(key, "50");
    CHECK(refused(own, {{key, "49"}}) == key);
    CHECK(refused(own, {{key, "51"}}).empty());
  }
}
