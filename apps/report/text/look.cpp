#include "text/screen.hpp"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>

namespace activitytrack::report {
namespace {

constexpr int narrowest = 40, widest = 500;

int width_of_stdout() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (const char* columns = std::getenv("COLUMNS"))
    if (const int given = std::atoi(columns); given > 0) return given;
  return 80;
}

bool has_utf8_locale() {
  // The locale of the environment is asked for its characters alone; numbers are printed the same anywhere.
  std::setlocale(LC_CTYPE, "");
  return std::string_view(nl_langinfo(CODESET)) == "UTF-8";
}

bool wants_colour(std::string_view color) {
  if (color != "auto") return color == "always";
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(term && std::string_view(term) == "dumb");
}

}  // namespace

Look look_of_stdout(std::string_view color) {
  return {.width = std::clamp(width_of_stdout(), narrowest, widest),
          .colour = wants_colour(color),
          .utf8 = has_utf8_locale()};
}

}  // namespace activitytrack::report
