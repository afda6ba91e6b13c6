#include "agent_parts.hpp"

#include "print_error.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::agent_app;
using namespace std::chrono_literals;

namespace {

struct Rig {
  test::TempFolder folder;
  Settings settings;
  AgentFiles files() {
    settings.buffer_path = folder.path / "buffer.db";
    return agent_files(settings);
  }
  AgentOptions::Screenshots options() { return screenshot_options(settings, files()).value(); }
};

}  // namespace

TEST_CASE_FIXTURE(Rig, "screenshots are off and blurred unless settings say otherwise") {
  const auto options = this->options();
  CHECK_FALSE(options.on);
  CHECK(options.develop.obscuring == DevelopOptions::Obscuring::blur);
  CHECK_FALSE(options.develop.full_size);
  CHECK(options.moment == AgentOptions::Screenshots::Moment::interval);
  CHECK(options.interval == 5min);
  CHECK_FALSE(std::filesystem::exists(files().machine_key));
}

TEST_CASE_FIXTURE(Rig, "every setting of screenshots is in force") {
  settings.screenshots = true;
  settings.machine_id = "vm-1";
  settings.screenshot_when = "random";
  settings.screenshot_interval_min = 7;
  settings.screenshot_blur_kind = "pixels";
  settings.screenshot_pixel_block = 40;
  settings.screenshot_blur_sigma = 9;
  settings.screenshot_full_size = true;
  settings.screenshot_quality = 71;
  settings.screenshot_subsampling = "4:2:2";
  settings.screenshot_monitors = "each";
  settings.screenshot_skip_unchanged = true;
  settings.screenshot_excluded_apps = {"keepassxc", "signal"};
  settings.screenshot_notify_each = true;
  auto options = this->options();
  CHECK(options.on);
  CHECK(options.moment == AgentOptions::Screenshots::Moment::random);
  CHECK(options.interval == 7min);
  const auto& p = options;
  CHECK(p.develop.obscuring == DevelopOptions::Obscuring::pixels);
  CHECK(p.develop.pixel_block == 40);
  CHECK(p.develop.blur_sigma == 9);
  CHECK(p.develop.full_size);
  CHECK(p.develop.quality == 71);
  CHECK(p.develop.subsampling == DevelopOptions::Subsampling::half);
  CHECK(p.each_monitor);
  CHECK(p.skip_unchanged);
  CHECK(p.excluded_apps == settings.screenshot_excluded_apps);
  CHECK(p.notify_each);
  CHECK(p.destination.empty());

  settings.screenshot_blur = false;
  settings.screenshot_when = "focus";
  settings.screenshot_subsampling = "4:4:4";
  settings.server_url = "https://server.example";
  options = this->options();
  CHECK(options.develop.obscuring == DevelopOptions::Obscuring::none);
  CHECK(options.develop.subsampling == DevelopOptions::Subsampling::none);
  CHECK(options.moment == AgentOptions::Screenshots::Moment::focus);
  CHECK(options.destination == "https://server.example");
  settings.s3_bucket = "shots";
  CHECK(this->options().destination == "the bucket shots");
}

TEST_CASE_FIXTURE(Rig, "a receiver's key is used, and without one this machine's own, which is kept") {
  settings.screenshots = true;
  const auto first = options();
  const auto second = options();
  REQUIRE(std::holds_alternative<MachineKey>(first.seal_for));
  CHECK(std::get<MachineKey>(first.seal_for).bytes == std::get<MachineKey>(second.seal_for).bytes);
  const PublicKey receiver = public_key_of(make_private_key());
  settings.screenshot_public_key = to_text(receiver);
  CHECK(std::get<PublicKey>(options().seal_for) == receiver);
}

TEST_CASE_FIXTURE(Rig, "a machine's key that others can get at is reported, and not used") {
  settings.screenshots = true;
  folder.write("machine_key", std::string(32, 'x'));
  std::filesystem::permissions(folder.path / "machine_key", std::filesystem::perms(0644));
  const auto options = screenshot_options(settings, files());
  REQUIRE(options.has_error());
  CHECK(options.error().message.find("machine_key") != std::string::npos);
}

TEST_CASE("the bucket's settings are handed on") {
  Settings settings;
  settings.s3_bucket = "b", settings.s3_prefix = "p", settings.s3_access_key = "a", settings.s3_secret_key = "s";
  settings.s3_session_token = "t", settings.s3_profile = "f", settings.s3_region = "r", settings.s3_endpoint = "e";
  settings.s3_path_style = true, settings.s3_sse = "aws:kms", settings.s3_sse_kms_key = "k", settings.ca_file = "c";
  const S3Options o = s3_options(settings);
  CHECK(o.bucket + o.prefix + o.access_key + o.secret_key + o.session_token + o.profile + o.region + o.endpoint ==
        "bpastfre");
  CHECK(o.path_style);
  CHECK(o.sse + o.sse_kms_key + o.ca_file == "aws:kmskc");
}

TEST_CASE("events that are to be sealed need a key") {
  Settings settings;
  CHECK(check_together(settings));
  settings.s3_seal_events = true;
  const auto fits = check_together(settings);
  REQUIRE(fits.has_error());
  CHECK(fits.error().message.find("s3.seal_events") == 0);
  CHECK(fits.error().message.find("screenshots.public_key") != std::string::npos);
  settings.screenshot_public_key = to_text(public_key_of(make_private_key()));
  CHECK(check_together(settings));
}
