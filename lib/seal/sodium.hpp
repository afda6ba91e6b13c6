#pragma once

#include <sodium.h>

#include <stdexcept>
#include <string>

namespace activitytrack {

/// Before the first use that needs random bytes; cheap again and again, on any thread.
inline void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot get random bytes from this system");
}

/// Erases a text when it goes out of scope: a picture that nobody but its receiver is to see.
class Wiped {
 public:
  explicit Wiped(std::string& text) : text_(text) {}
  ~Wiped() { sodium_memzero(text_.data(), text_.size()); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;

 private:
  std::string& text_;
};

}  // namespace activitytrack
