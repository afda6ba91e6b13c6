#pragma once

#include "seal/sodium.hpp"

#include <string>

namespace activitytrack {

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
