#include "server/api/parameters.hpp"

#include "core/text.hpp"
#include "net/compress.hpp"
#include "report/wall_clock.hpp"
#include "server/http/message.hpp"

#include <activitytrack/core/clock.hpp>

#include <sodium/utils.h>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cctype>
#include <functional>

namespace activitytrack::server {
namespace {

constexpr char cursor_prefix = 't', name_cursor_prefix = 'n';
constexpr std::chrono::days max_asked_days{3660};
constexpr int base64_variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

namespace json = boost::json;

constexpr std::size_t max_small_body_bytes = 256 * 1024;
constexpr std::size_t max_label_bytes = 128;
constexpr std::size_t max_page_bytes = 8 << 20;

bool is_json(const std::string& content_type) {
  const auto type = boost::algorithm::trim_copy(content_type.substr(0, content_type.find(';')));
  return type.empty() || boost::algorithm::iequals(type, "application/json") ||
         boost::algorithm::iequals(type, "text/json") || boost::algorithm::iends_with(type, "+json");
}

std::string text_of(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace

std::optional<Time> Parameters::time(std::string_view name) {
  const std::string* given = find(name);
  if (!given) return std::nullopt;
  std::string text = *given;
  constexpr std::size_t date_chars = 10;  // a space behind these may be the one before the time of day
  if (const auto space = text.rfind(' '); space != text.npos && space > date_chars) {
    const bool before_offset = space + 1 < text.size() && text[space + 1] >= '0' && text[space + 1] <= '9';
    if (before_offset) text[space] = '+';
  }
  const auto time = parse_timestamp(text);
  if (time) return *time;
  refuse(name, time.error().message);
  return std::nullopt;
}

TimeRange Parameters::range() {
  const auto start = time("start"), end = time("end");
  const TimeRange range{start.value_or(Time{}), end.value_or(Time::max())};
  if (range.end < range.start) refuse("end", "must not be before start");
  return range;
}

std::size_t Parameters::count(std::string_view name, std::size_t otherwise, std::size_t max, std::size_t min) {
  const std::string* given = find(name);
  if (!given) return otherwise;
  const auto number = parse_number<std::size_t>(*given);
  if (number && *number >= min && *number <= max) return *number;
  refuse(name, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return otherwise;
}

std::optional<Date> Parameters::date(std::string_view name) {
  const std::string* given = find(name);
  if (!given) return std::nullopt;
  const auto date = parse_date(*given);
  if (date) return *date;
  refuse(name, date.error().message);
  return std::nullopt;
}

AskedDays Parameters::days() {
  AskedDays asked{date("date"), date("from"), date("to"), {}};
  if (asked.from.has_value() != asked.to.has_value()) {
    if (!wrong_) wrong_ = {ErrorCode::invalid_input, "from and to go together"};
  } else if (asked.from) {
    if (asked.date) refuse("date", "either this, or from and to");
    if (*asked.to < *asked.from) refuse("to", "must not be before from");
    if (std::chrono::sys_days(*asked.to) - std::chrono::sys_days(*asked.from) >= max_asked_days)
      refuse("to", "at most 3660 days at a time");
  }
  const std::string* zone = find("tz");
  if (zone && zone->empty()) refuse("tz", "must be a time zone such as Europe/Berlin");
  if (zone) asked.zone = *zone;
  return asked;
}

std::optional<Time> Parameters::cursor() {
  const std::string* given = find("cursor");
  if (!given) return std::nullopt;
  std::optional<std::int64_t> micros;
  if (given->starts_with(cursor_prefix)) micros = parse_number<std::int64_t>(std::string_view(*given).substr(1));
  if (micros && *micros >= 0 && *micros < INT64_MAX) return Time(std::chrono::microseconds(*micros));
  refuse_cursor();
  return std::nullopt;
}

std::string Parameters::name_cursor() {
  const std::string* given = find("cursor");
  if (!given) return "";
  const auto text = std::string_view(*given).substr(given->empty() ? 0 : 1);
  std::string last(text.size(), '\0');
  std::size_t size = 0;
  const bool is_good = given->starts_with(name_cursor_prefix) &&
                       sodium_base642bin(reinterpret_cast<unsigned char*>(last.data()), last.size(), text.data(),
                                         text.size(), nullptr, &size, nullptr, base64_variant) == 0;
  last.resize(size);
  // What was stored long ago may hold control characters, but NUL.
  if (!is_good || last.empty() || !is_utf8(last) || last.find('\0') != last.npos) refuse_cursor();
  return last;
}

NewestFirst Parameters::newest_first() {
  NewestFirst page;
  const std::string* given = find("cursor");
  if (!given) return page;
  const auto place = split_place(*given, '-');
  const auto id = place ? parse_id(place->second) : std::nullopt;
  if (id) {
    page.at = place->first, page.id = *id;
  } else {
    refuse_cursor();
  }
  return page;
}

std::string make_cursor(Time last, std::int64_t id) { return join_place(last, '-', format_id(id)); }

std::string make_cursor(Time last) { return cursor_prefix + std::to_string(last.time_since_epoch().count()); }

std::string make_name_cursor(std::string_view last) {
  std::string text(sodium_base64_ENCODED_LEN(last.size(), base64_variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(last.data()), last.size(),
                    base64_variant);
  text.pop_back();  // sodium ends it with a zero
  return name_cursor_prefix + text;
}

std::string join_place(Time time, char separator, std::string_view id) {
  return std::to_string(time.time_since_epoch().count()) + separator + std::string(id);
}

std::optional<std::pair<Time, std::string_view>> split_place(std::string_view place, char separator) {
  const auto at = std::min(place.find(separator, 1), place.size());
  const auto micros = parse_number<std::int64_t>(place.substr(0, at));
  if (!micros || at == place.size()) return std::nullopt;
  return std::pair(Time(std::chrono::microseconds(*micros)), place.substr(at + 1));
}

Page::Page(std::string_view name, std::size_t limit) : json_("{\"" + std::string(name) + "\":["), room_(limit) {}

bool Page::is_full() const { return room_ == 0 || json_.size() >= max_page_bytes; }

std::string& Page::row() {
  if (!std::exchange(is_empty_, false)) json_ += ',';
  --room_;
  return json_;
}

Response Page::end(std::string_view cursor) {
  json_ += "],\"next_cursor\":";
  json_ += cursor.empty() ? "null" : '"' + std::string(cursor) + '"';
  json_ += '}';
  json_.shrink_to_fit();  // it may wait for its reader
  return {.body = std::move(json_)};
}

Date today(const std::string& machine_zone, const std::string& asked_zone, Time now) {
  const std::string& zone = asked_zone.empty() ? machine_zone : asked_zone;
  const auto date = today_in_zone(now, zone);
  return date ? *date : date_at(now, 0);
}

Result<std::string, Response> json_body(const Request& request, std::size_t max_bytes) {
  // Who names a credential is no web page that sends a form, and may call JSON what they like.
  if (!is_json(request.content_type) && !boost::algorithm::istarts_with(request.authorization, "Bearer ")) {
    return problem(415, "Content-Type must be application/json; with curl: -H 'Content-Type: application/json'");
  }
  const auto coding = parse_content_coding(request.content_encoding);
  if (!coding) {
    Response refused = problem(415, "Content-Encoding must be identity, gzip or zstd");
    refused.headers.emplace_back("Accept-Encoding", "gzip, zstd");
    return refused;
  }
  auto body = decompress(request.body, *coding, max_bytes);
  if (body) return std::move(*body);
  return problem(body.error().code == ErrorCode::too_large ? 413 : 400, "body: " + body.error().message);
}

Fields::Fields(const Request& request) {
  const auto body = json_body(request, max_small_body_bytes);
  if (!body) refused_ = body.error();
  if (!body || body->empty()) return;
  json::error_code error;
  auto parsed = json::parse({body->data(), body->size()}, error);
  if (error) {
    refuse({ErrorCode::invalid_input, "body: not JSON: " + error.message()});
  } else if (!parsed.is_object()) {
    refuse({ErrorCode::invalid_input, "body: must be an object"});
  } else {
    object_ = std::move(parsed.get_object());
  }
}

std::string Fields::text(std::string_view name) {
  std::string text = text_even_empty(name);
  if (text.empty()) must_be(name, "given, as text");
  return text;
}

std::string Fields::text_even_empty(std::string_view name) {
  const auto* value = find(name);
  if (!value || !value->is_string()) return must_be(name, "given, as text"), "";
  std::string text = text_of(value->get_string());
  if (!is_utf8(text)) must_be(name, "UTF-8");
  return text;
}

bool Fields::flag(std::string_view name) {
  const auto* value = find(name);
  if (value && !value->is_bool()) must_be(name, "true or false");
  return value && value->is_bool() && value->get_bool();
}

std::int64_t Fields::number(std::string_view name, std::int64_t otherwise, std::int64_t min, std::int64_t max) {
  const auto* value = find(name);
  if (!value) return otherwise;
  const auto* number = value->if_int64();
  if (number && *number >= min && *number <= max) return *number;
  must_be(name, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return otherwise;
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view name) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  std::vector<std::string> texts;
  const auto* list = value->if_array();
  if (!list || !std::ranges::all_of(*list, [](const auto& each) { return each.is_string(); })) {
    must_be(name, "a list of texts");
    return texts;
  }
  for (const auto& each : *list) texts.push_back(text_of(each.get_string()));
  if (!std::ranges::all_of(texts, is_utf8)) must_be(name, "UTF-8");
  return texts;
}

std::optional<std::map<std::string, std::string, std::less<>>> Fields::values(std::string_view name) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  std::map<std::string, std::string, std::less<>> values;
  if (!value->is_object()) return must_be(name, "an object"), values;
  for (const auto& [key, member] : value->get_object()) values[std::string(key)] = json::serialize(member);
  return values;
}

std::string Fields::note() {
  std::string note = text("note", "");
  if (note.size() > 500 || has_control_characters(note)) {
    must_be("note", "at most 500 bytes without control characters");
  }
  return note;
}

std::string Fields::label() {
  std::string label = text("label", "");
  if (label.size() > max_label_bytes || has_control_characters(label)) {
    must_be("label", "at most 128 bytes without control characters");
  }
  return label;
}

const json::value* Fields::find(std::string_view name) const {
  const auto* value = object_.if_contains({name.data(), name.size()});
  return value && !value->is_null() ? value : nullptr;
}

std::string content_disposition(std::string_view how, std::string_view stem, std::string_view extension) {
  std::string name(stem);
  const auto is_plain = [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '-' || c == '_' || c == '.');
  };
  std::ranges::replace_if(name, std::not_fn(is_plain), '_');
  if (name.starts_with('.')) name.front() = '_';
  return std::string(how) + "; filename=\"" + name + '.' + std::string(extension) + '"';
}

}  // namespace activitytrack::server
