#pragma once

#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace activitytrack::agent_app {

/// Answers requests of the agent's own user (and root) on a unix socket: a line each. Runs on the thread of the
/// io_context, which outlives it. The socket's file goes when it does.
class ControlServer {
 public:
  using Answer = std::function<std::string(std::string_view request)>;

  /// A file that an earlier agent left is replaced: the caller holds the lock.
  static Result<std::unique_ptr<ControlServer>> open(boost::asio::io_context& io, std::filesystem::path path,
                                                     Answer answer, Log& log);
  ~ControlServer();

 private:
  using Protocol = boost::asio::local::stream_protocol;

  ControlServer(boost::asio::io_context& io, std::filesystem::path path, Answer answer, Log& log)
      : path_(std::move(path)), answer_(std::move(answer)), log_(log), acceptor_(io), retry_(io) {}
  Result<void> listen();
  void accept();

  std::filesystem::path path_;
  Answer answer_;
  Log& log_;
  Protocol::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  std::shared_ptr<int> session_ = std::make_shared<int>();  ///< each session holds it
};

}  // namespace activitytrack::agent_app
