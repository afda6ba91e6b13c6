#pragma once

#include <activitytrack/input/input_source.hpp>

#include <memory>
#include <string_view>

namespace activitytrack {

/// What a classifier says of one sample. `reason` is empty for genuine input, else one of the words of
/// Event::scripted_reasons; it points to a string that lives for the whole program.
struct Judgement {
  bool scripted = false;
  std::string_view reason;
};

/// Tells input that a person made from input that a program made. It sees every sample, in order of
/// time. Not thread-safe.
class Classifier {
 public:
  virtual ~Classifier() = default;
  virtual Judgement judge(const InputSample& sample) = 0;
};

/// Judges by the device alone: what the display server synthesized for a program is scripted
/// ("synthetic_device"), all else is genuine.
std::unique_ptr<Classifier> make_device_classifier();

}  // namespace activitytrack
