#include "s3/listing.hpp"

#include "s3/xml.hpp"

#include <charconv>
#include <set>
#include <vector>

namespace activitytrack {
namespace {

constexpr std::size_t max_page_bytes = 8 << 20;  // 1000 keys of 1024 bytes, each byte percent-encoded

struct Page {
  std::vector<S3Object> objects;
  bool encoded = false;
  bool truncated = false;
  std::string next;
};

/// A key as encoding-type=url has it, where a space may be "+".
Result<std::string> decode_key(std::string text) {
  for (char& c : text) c = c == '+' ? ' ' : c;
  return percent_decode(text);
}

Result<Page> read_page(const std::string& xml) {
  Page page;
  S3Object object;
  bool good = true;
  const auto take = [&](std::string_view path, std::string_view text) {
    constexpr std::string_view root = "ListBucketResult/";
    if (!path.starts_with(root)) return;
    path.remove_prefix(root.size());
    if (path == "Contents/Key") object.key = text;
    if (path == "Contents/Size") {
      const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), object.size);
      good = good && bad == std::errc() && end == text.data() + text.size();
    }
    if (path == "Contents") page.objects.push_back(std::exchange(object, {}));
    if (path == "IsTruncated") page.truncated = text == "true";
    if (path == "EncodingType") page.encoded = text == "url";
    if (path == "NextContinuationToken") page.next = text;
  };
  const Result<void> read = read_xml(xml, take);
  if (!read || !good) return Error{ErrorCode::invalid_input, "a list that cannot be read"};
  for (S3Object& o : page.objects) {
    if (!page.encoded) break;
    Result<std::string> key = decode_key(std::move(o.key));
    if (!key) return Error{ErrorCode::invalid_input, "a list with a key that cannot be read"};
    o.key = std::move(*key);
  }
  return page;
}

}  // namespace

Result<void> list_objects(S3Exchange& exchange, const std::string& prefix, const std::string& below,
                          const std::string& after, const std::function<Result<void>(const S3Object&)>& sink) {
  const std::string query = "list-type=2&encoding-type=url&prefix=" + uri_encode(prefix + below);
  std::set<std::string> tokens;
  std::string from = after.empty() ? "" : "&start-after=" + uri_encode(prefix + after);
  for (;;) {
    const S3Answer answer = exchange.run({.query = query + from, .max_answer_bytes = max_page_bytes});
    if (!answer) return answer.error().error;
    const Result<Page> page = read_page(answer->body);
    if (!page) return Error{ErrorCode::unavailable, exchange.place() + " answered " + page.error().message};
    for (const S3Object& object : page->objects) {
      // Not every service knows start-after.
      if (!object.key.starts_with(prefix + below) || object.key <= prefix + after) continue;
      if (Result<void> taken = sink({object.key.substr(prefix.size()), object.size}); !taken) return taken;
    }
    if (!page->truncated) return {};
    if (page->next.empty()) {
      return Error{ErrorCode::unavailable, exchange.place() + " answered a list that ends in its middle"};
    }
    if (!tokens.insert(page->next).second) {
      return Error{ErrorCode::unavailable, exchange.place() + " answered a list that begins anew"};
    }
    from = "&continuation-token=" + uri_encode(page->next);
  }
}

}  // namespace activitytrack
