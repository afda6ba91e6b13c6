#include "common/output.hpp"

#include "common/program.hpp"
#include "core/text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace activitytrack::program {
namespace {

constexpr std::size_t most_held = 16 * 1024;

}  // namespace

std::streamsize Output::Buffer::xsputn(const char* text, std::streamsize size) {
  held_.append(text, static_cast<std::size_t>(size));
  return held_.size() < most_held || sync() == 0 ? size : 0;
}

Output::Buffer::int_type Output::Buffer::overflow(int_type next) {
  const char c = traits_type::to_char_type(next);
  return xsputn(&c, 1) == 1 ? next : traits_type::eof();
}

int Output::Buffer::sync() {
  std::string_view rest = held_;
  while (!rest.empty() && failure == 0) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n >= 0)
      rest.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EINTR)
      failure = errno;
  }
  held_.clear();
  return failure == 0 ? 0 : -1;
}

Output::Output(int fd, std::string name) : std::ostream(nullptr), buffer_(fd), name_(std::move(name)) {
  rdbuf(&buffer_);
}

Result<void> Output::finish() {
  if (flush()) return {};
  reported_ = true;
  return system_error("cannot write to " + name_, buffer_.failure != 0 ? buffer_.failure : EIO);
}

bool Output::is_unread() const { return buffer_.failure == EPIPE; }

Output& standard_output() {
  static Output output(STDOUT_FILENO, "standard output");
  return output;
}

int print(std::string_view text) {
  standard_output() << text << std::flush;
  return exit_done;
}

Result<void> still_writable(const std::ostream& out) {
  if (out) return {};
  return Error{ErrorCode::io, "the output takes no more"};
}

int output_columns() {
  if (const char* columns = std::getenv("COLUMNS"))
    if (const auto given = parse_number<unsigned short>(columns); given && *given > 0) return *given;
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace activitytrack::program
