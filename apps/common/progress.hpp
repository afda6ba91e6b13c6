#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace activitytrack::program {

/// How far a long work is: one line on standard error that is written over, if that is a terminal. It goes
/// with the object.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;

  /// Asks for the text and shows it, from a second after the beginning on, and a few times a second.
  void tell(const std::function<std::string()>& text);

  /// Before something else is written to standard error.
  void clear();

 private:
  const bool shown_;
  bool dirty_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace activitytrack::program
