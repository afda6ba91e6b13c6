#include "terminal.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace activitytrack::server {
namespace {

/// What is typed is not shown, and signals that would end or stop the program wait, as long as this lives.
class Hidden {
 public:
  Hidden() {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&held, signal);
    ::sigprocmask(SIG_BLOCK, &held, &signals_before_);
    held_ = UniqueFd(::signalfd(-1, &held, SFD_CLOEXEC));
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~Hidden() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputc('\n', stderr);
    ::sigprocmask(SIG_SETMASK, &signals_before_, nullptr);
  }
  Hidden(const Hidden&) = delete;

  /// Waits for a line. Returns the signal that came instead, or 0.
  int wait() const {
    std::array<pollfd, 2> either{{{held_.get(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    while (::poll(either.data(), either.size(), -1) < 0 && errno == EINTR) {
    }
    signalfd_siginfo signal{};
    if (either[0].revents == 0 || ::read(held_.get(), &signal, sizeof signal) != sizeof signal) return 0;
    return static_cast<int>(signal.ssi_signo);
  }

 private:
  termios before_{};
  bool changed_ = false;
  sigset_t signals_before_{};
  UniqueFd held_;
};

/// A terminal gives a line at a time.
Result<std::string> read_line() {
  std::array<char, 4096> typed;
  const auto size = ::read(STDIN_FILENO, typed.data(), typed.size());
  if (size < 0) return system_error("cannot read from the terminal", errno);
  if (size == 0) return Error{ErrorCode::invalid_input, "nothing was answered"};
  std::string_view text(typed.data(), static_cast<std::size_t>(size));
  return std::string(take_line(text));
}

}  // namespace

bool is_at_terminal() { return ::isatty(STDIN_FILENO) == 1; }

Result<std::string> ask(std::string_view question) {
  std::fputs(std::string(question).c_str(), stderr);
  return read_line();
}

Result<std::string> ask_hidden(std::string_view question) {
  while (true) {
    int signal = 0;
    {
      const Hidden hidden;
      std::fputs(std::string(question).c_str(), stderr);
      signal = hidden.wait();
      if (signal == 0) return read_line();
    }
    std::raise(signal);
    // It was only stopped, and goes on: what was typed is gone.
  }
}

}  // namespace activitytrack::server
