#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/result.hpp>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/system/error_code.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// What matters of a request line and header, as sent: views into the bytes that were read, which go when a body is
/// read.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  unsigned version = 11;  ///< 10 or 11
  bool is_head = false;   ///< the method is HEAD: answered without a body

  /// The fields that are looked at, each "" if missing.
  std::string_view host, origin, authorization, cookie, if_none_match, if_match, last_event_id;
  std::string_view content_type, content_encoding, accept, accept_encoding;
  std::string_view content_length, transfer_encoding, expect;
  std::string forwarded_for;                         ///< of all fields of that name, in order
  std::string_view forwarded_proto, forwarded_host;  ///< of the last
  std::string_view request_id, referer, user_agent;  ///< of the last

  bool is_forwarded = false;  ///< a proxy has put in that it asks for somebody

  bool has_host = false, has_length = false, has_coding = false;
  std::string_view repeated;  ///< a field that may stand once, and stands more often; "" if none does

  /// Says nothing of a body where there may be one. Some POSTs need none; but who meant to send one may have.
  bool is_unframed_post() const { return method == "POST" && !has_length && !has_coding; }

  void add(boost::beast::http::field field, std::string_view name, std::string_view value);
};

/// Refuses what two readers of one request could understand differently (RFC 9112: several or listed lengths, codings
/// other than chunked, no or many Hosts, other fields given twice), a PUT or PATCH without a length, and a target that
/// is too long.
std::optional<Response> refuse_head(const RequestHead& head, std::size_t max_target_bytes);

/// The answer to a request that could not be read. `seen` is what was read of it.
Response refuse_unreadable(boost::system::error_code error, std::string_view seen);

/// The head's part of a Request; an error answers 400.
Result<Request> read_head(const RequestHead& head);

/// Beast's strict parser, without its containers: the head as views, chunked bodies handed over piece by
/// piece. A body with a length is left to the caller: it stands behind the head.
class RequestParser : private boost::beast::http::basic_parser<true> {
 public:
  /// Takes a piece of a chunked body, unpacked; false if there is no room for it.
  using TakePiece = std::function<bool(std::string_view)>;

  RequestParser(std::size_t max_header_bytes, std::size_t max_body_bytes);

  /// Takes what it can of `bytes`, and says how much that was. `error` is need_more as long as the head, or a
  /// chunked body, is not whole. Until the head is, the bytes stay where they are, and the next call begins
  /// behind what was taken.
  std::size_t put(std::string_view bytes, boost::system::error_code& error);

  using basic_parser::content_length;
  using basic_parser::is_done;
  using basic_parser::is_header_done;
  using basic_parser::keep_alive;

  const RequestHead& head() const { return head_; }
  void on_piece(TakePiece take) { take_ = std::move(take); }

  /// Once the head is there: what its route takes.
  void limit_body(std::size_t bytes) { body_limit(bytes); }

 private:
  using Text = boost::beast::string_view;
  using ErrorCode = boost::system::error_code;
  using Field = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb, Text method, Text target, int version, ErrorCode&) override;
  void on_field_impl(Field field, Text name, Text value, ErrorCode& error) override;
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(Text body, ErrorCode&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text piece, ErrorCode& error) override;
  void on_finish_impl(ErrorCode&) override {}
  void on_response_impl(int, Text, int, ErrorCode&) override {}

  RequestHead head_;
  TakePiece take_;
  const char* input_end_ = nullptr;
};

}  // namespace activitytrack::server
