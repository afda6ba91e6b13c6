#include "connection.hpp"

#include <algorithm>
#include <charconv>

namespace activitytrack::load {
namespace {

constexpr std::size_t most_header_bytes = 16384;

std::uint64_t number_after(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == text.npos) return 0;
  text.remove_prefix(at + name.size());
  while (text.starts_with(' ')) text.remove_prefix(1);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// Fields as `\r\nname: value`, names and values in lower case.
std::string fields_of(std::string_view head) {
  std::string fields(head.substr(std::min(head.find("\r\n"), head.size())));
  std::transform(fields.begin(), fields.end(), fields.begin(), lower);
  return fields;
}

/// The body in one chunk or several, as far as it goes; its size on the wire, or 0 while more is to come.
std::size_t chunked_size(std::string_view body) {
  const std::size_t end = body.find("0\r\n\r\n");
  return end == body.npos ? 0 : end + 5;
}

}  // namespace

std::optional<Answer> parse_answer(std::string_view bytes) {
  Answer answer;
  const std::size_t head_size = bytes.find("\r\n\r\n");
  if (head_size == bytes.npos) {
    if (bytes.size() > most_header_bytes) return answer;
    return std::nullopt;
  }
  const std::string_view head = bytes.substr(0, head_size);
  if (!head.starts_with("HTTP/1.") || head.size() < 12) return answer;
  const std::string fields = fields_of(head);
  const std::string_view rest = bytes.substr(head_size + 4);
  const bool chunked = fields.find("\r\ntransfer-encoding: chunked") != fields.npos;
  const std::size_t body_size = chunked ? chunked_size(rest) : number_after(fields, "\r\ncontent-length:");
  if (rest.size() < body_size || (chunked && body_size == 0)) return std::nullopt;
  const std::string_view body = rest.substr(0, body_size);
  answer.status = static_cast<int>(number_after(head.substr(8), " "));
  answer.keep_alive = fields.find("\r\nconnection: close") == fields.npos;
  if (fields.find("\r\nretry-after:") != fields.npos) {
    answer.retry_after = std::chrono::seconds(number_after(fields, "\r\nretry-after:"));
  }
  answer.accepted = number_after(body, "\"accepted\":");
  answer.duplicates = number_after(body, "\"duplicates\":");
  answer.size = head_size + 4 + body_size;
  return answer;
}

}  // namespace activitytrack::load
