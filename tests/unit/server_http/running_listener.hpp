#pragma once

#include "server/http/listener.hpp"

#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include "fakes.hpp"
#include "print_error.hpp"

#include <span>
#include <string>
#include <string_view>
#include <thread>

namespace activitytrack::test {

namespace asio = boost::asio;
using namespace server;

struct Everyone : AccessControl {
  std::optional<Response> refuse(const Route&, Request&) override { return std::nullopt; }
  bool is_known(const Route&, const Request&) override { return true; }
  void answered(const Request&, int, Response response, Answer answer) override { answer(std::move(response)); }
};

/// A listener with these routes, and its threads.
struct RunningListener {
  explicit RunningListener(std::span<const Route> table, HttpConfig wanted = {})
      : routes(table), config(std::move(wanted)) {
    port = parse_port(listener.listen({asio::ip::make_address("127.0.0.1"), 0}).value());
    thread = std::thread([this] { context.run(); });
  }
  ~RunningListener() {
    asio::post(context, [this] { listener.stop(); });
    thread.join();
    workers.join();
  }

  static unsigned short parse_port(const std::string& address) {
    return static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

  asio::ip::tcp::socket ask(asio::io_context& own, std::string_view request) const {
    asio::ip::tcp::socket socket(own);
    socket.connect({asio::ip::make_address("127.0.0.1"), port});
    asio::write(socket, asio::buffer(request.data(), request.size()));
    return socket;
  }

  /// All that is answered until the server closes.
  std::string answers(std::string_view request) const {
    asio::io_context own;
    auto socket = ask(own, request);
    std::string text;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(text), error);
    return text;
  }

  const std::span<const Route> routes;
  MemoryLog log;
  Everyone access;
  asio::io_context context{1};
  HttpStats stats;
  FairPool workers{{}};
  Dispatcher dispatcher{routes, access, log, stats, {&workers, &workers, &workers, &workers, &workers, &workers}};
  HttpConfig config;
  Listener listener{context, config, dispatcher, stats, log};
  unsigned short port = 0;
  std::thread thread;
};

}  // namespace activitytrack::test
