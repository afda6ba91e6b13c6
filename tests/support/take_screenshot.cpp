// take_screenshot DISPLAY FILE [OPTION...]: takes one as the agent would, unsealed, for tests and for a look
// by hand.
//
// Options: pixels or none (instead of blur), full (the screen's size), quality=N, sigma=N, block=N.

#include <activitytrack/core/log.hpp>
#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/screen_source.hpp>

#include "screen/picture.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

using namespace activitytrack;

namespace {

DevelopOptions read_options(int count, char** words) {
  DevelopOptions options;
  for (int i = 0; i < count; ++i) {
    const std::string word = words[i];
    const int number = std::atoi(word.substr(word.find('=') + 1).c_str());
    if (word == "pixels") options.obscuring = DevelopOptions::Obscuring::pixels;
    if (word == "none") options.obscuring = DevelopOptions::Obscuring::none;
    if (word == "full") options.full_size = true;
    if (word.starts_with("quality=")) options.quality = number;
    if (word.starts_with("sigma=")) options.blur_sigma = number;
    if (word.starts_with("block=")) options.pixel_block = number;
  }
  return options;
}

Result<void> take(const std::string& display, const char* file, const DevelopOptions& options) {
  auto source = make_screen_source(display, null_log());
  if (!source) return source.error();
  Screenshot about;
  about.machine_id = "test";
  const auto keep = [&](const ScreenSource::Picture& picture) -> Result<void> {
    const auto jpeg = develop(picture.pixels, picture.width, picture.height, options, about);
    if (!jpeg) return jpeg.error();
    std::ofstream(file, std::ios::binary) << *jpeg;
    return {};
  };
  ScreenSource::Request request;
  request.quarter = wants_quarter(options);
  const auto state = (*source)->capture(request, keep);
  if (!state) return state.error();
  if (*state != ScreenSource::State::visible) return Error{ErrorCode::unavailable, std::string(to_string(*state))};
  return {};
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  const auto taken = take(words[1], words[2], read_options(count - 3, words + 3));
  if (!taken) std::fprintf(stderr, "take_screenshot: %s\n", taken.error().message.c_str());
  return taken ? 0 : 1;
}
