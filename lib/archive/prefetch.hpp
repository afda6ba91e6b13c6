#pragma once

#include "s3/s3_client.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace activitytrack {

/// Gets objects that will be asked for soon, several at a time: a bucket's small objects cost little but the
/// way there and back. What could not be got ahead is simply not there.
class Prefetch {
 public:
  explicit Prefetch(std::function<Result<std::unique_ptr<S3Client>>()> connect);
  ~Prefetch();
  Prefetch(const Prefetch&) = delete;

  /// Which objects will be asked for, in this order. Forgets what was expected before.
  void expect(const std::vector<std::string>& names);

  /// The object, if it was expected and could be got: waits for it where it is under way.
  std::optional<std::string> take(const std::string& name);

 private:
  struct Got {
    bool done = false;
    std::optional<std::string> bytes;
  };

  void work();

  std::function<Result<std::unique_ptr<S3Client>>()> connect_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> names_;   ///< not begun yet
  std::map<std::string, Got> got_;  ///< begun, and not taken yet
  std::vector<S3Client*> clients_;  ///< of the threads, to be cancelled
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace activitytrack
