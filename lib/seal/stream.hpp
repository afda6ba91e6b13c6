#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/seal/seal.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace activitytrack {

/// Takes pieces of a result as they become known, in order. An error ends the work and is handed on.
using ByteSink = std::function<Result<void>(std::string_view)>;

/// Seals piece by piece, in memory that does not grow with the length.
class Sealer {
 public:
  Sealer(const PublicKey& key, ByteSink sink);
  ~Sealer();

  Result<void> write(std::string_view plain);
  /// Must come last: without it the result is known as cut off.
  Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Opens piece by piece. What it gives to the sink is genuine as far as it goes; only `finish` says that
/// nothing is missing at the end.
class Opener {
 public:
  Opener(const PrivateKey& key, ByteSink sink);
  ~Opener();

  Result<void> write(std::string_view sealed);
  Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace activitytrack
