// watch_screen DISPLAY [no-render] [no-shm] [no-descriptors]: takes the screen at each line on standard
// input, for tests.
//
// A line holds words: full, each (monitor), step, app=NAME (excluded). It prints JSON, one object a line: how
// it takes them, then for each line of input the pictures, and the state or the error. With `step` it waits
// after each picture for another line before it goes on.

#include <activitytrack/core/log.hpp>

#include "core/json_writer.hpp"
#include "screen/image.hpp"
#include "screen/x11_screen_source.hpp"

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

using namespace activitytrack;

namespace {

void print(std::initializer_list<std::pair<const char*, std::string>> fields) {
  std::string line;
  JsonWriter writer(line);
  writer.begin_object();
  for (const auto& [name, value] : fields) writer.field(name, value);
  writer.end_object();
  std::puts(line.c_str());
  std::fflush(stdout);
}

/// The colour in the middle, as "#RRGGBB".
std::string middle(ConstImageView picture) {
  const std::uint8_t* pixel = picture.row(picture.height / 2) + 4 * (picture.width / 2);
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", pixel[2], pixel[1], pixel[0]);
  return text;
}

std::string size(int width, int height) { return std::to_string(width) + "x" + std::to_string(height); }

class FirstWords final : public Log {
 public:
  void write(Log::Level, std::string_view, std::span<const Log::Field> fields) noexcept override {
    print({{"way", std::string(std::get<std::string_view>(fields[0].value))}});
  }
};

bool next_line(std::string& line) { return static_cast<bool>(std::getline(std::cin, line)); }

void watch(ScreenSource& source, const std::string& line) {
  ScreenSource::Request request;
  bool step = false;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    if (word == "full") request.quarter = false;
    if (word == "each") request.each_monitor = true;
    if (word == "step") step = true;
    if (word.starts_with("app=")) request.excluded_apps.push_back(word.substr(4));
  }
  const auto state = source.capture(request, [&](const ScreenSource::Picture& picture) -> Result<void> {
    print({{"monitor", picture.monitor},
           {"index", std::to_string(picture.index)},
           {"screen", size(picture.width, picture.height)},
           {"pixels", size(picture.pixels.width, picture.pixels.height)},
           {"middle", middle(picture.pixels)}});
    std::string go_on;
    if (step) next_line(go_on);
    return {};
  });
  if (state) {
    print({{"state", std::string(to_string(*state))}});
  } else {
    print({{"error", std::string(to_string(state.error().code))}, {"message", state.error().message}});
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return 2;
  X11Ways ways;
  for (int i = 2; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "no-render") ways.render = false;
    if (word == "no-shm") ways.shared_memory = false;
    if (word == "no-descriptors") ways.descriptors = false;
  }
  FirstWords log;
  auto source = make_screen_source(words[1], log, ways);
  if (!source) {
    print({{"error", std::string(to_string(source.error().code))}, {"message", source.error().message}});
    return 1;
  }
  for (std::string line; next_line(line);) watch(**source, line);
  return 0;
}
