#include "commands/administration.hpp"
#include "server/accounts/passwords.hpp"

#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace activitytrack::server {
namespace {

/// What is typed is not shown, as long as this lives.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~NoEcho() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

Result<std::string> read_line() {
  std::string line;
  if (std::getline(std::cin, line)) return line;
  return Error{ErrorCode::invalid_input, "no password came on standard input"};
}

Result<std::string> ask(const char* prompt) {
  std::cerr << prompt;
  const NoEcho silent;
  auto line = read_line();
  std::cerr << '\n';
  return line;
}

Result<std::string> ask_twice() {
  auto first = ask("Password: ");
  if (!first) return first;
  const auto second = ask("Again: ");
  if (!second) return second.error();
  if (*first != *second) return Error{ErrorCode::invalid_input, "the two passwords differ"};
  return first;
}

}  // namespace

Result<std::string> ask_password() {
  auto password = ::isatty(STDIN_FILENO) ? ask_twice() : read_line();
  if (!password) return password;
  if (auto fits = check_password(*password); !fits) return fits.error();
  return password;
}

}  // namespace activitytrack::server
