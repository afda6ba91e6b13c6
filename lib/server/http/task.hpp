#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace activitytrack::server {

// The network's thread runs one io_context: naming its executor spares what any executor would cost.
// Arguments of co_await are named first: gcc 12 destroys non-trivial temporaries there twice.

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

/// A coroutine on the network's thread.
template <class T>
using Task = boost::asio::awaitable<T, Executor>;

constexpr boost::asio::use_awaitable_t<Executor> use_task;
constexpr auto as_result = boost::asio::as_tuple(use_task);

}  // namespace activitytrack::server
