#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/http/message.hpp"

#include <activitytrack/core/result.hpp>
#include <activitytrack/report/summary.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The parameters of a request's query, and pages, whose cursors are among them.

// The bodies of requests. Unknown fields are ignored; an error names the field and what it takes.

namespace activitytrack::server {

/// The days that a request asks for: `date`, or `from` and `to`; none of them: today.
struct AskedDays {
  std::optional<Date> date, from, to;
  std::string zone;  ///< `tz`; "": on the machine's own clock
};

/// Reads parameters. As with Fields, reading goes on after what is wrong, as if it had not been given; wrong() is the
/// first of it: it names the parameter and says what it takes.
class Parameters {
 public:
  /// The target is borrowed.
  explicit Parameters(const Target& target) : target_(target) {}

  const std::string* find(std::string_view name) const { return target_.find(name); }

  /// A time; an offset's "+" may have become a space on its way. nullopt if not given.
  std::optional<Time> time(std::string_view name);

  /// `start` and `end`, half-open; all time where they are not given.
  TimeRange range();

  /// A whole number in [min, max]; `otherwise` if not given.
  std::size_t count(std::string_view name, std::size_t otherwise, std::size_t max, std::size_t min = 1);

  AskedDays days();

  /// What make_cursor() and make_name_cursor() made; nullopt, and "", if not given.
  std::optional<Time> cursor();
  std::string name_cursor();

  /// Of rows in order of time, the newest first: on from the row that was the last on the page before. Its limit is the
  /// caller's to set.
  NewestFirst newest_first();

  void refuse(std::string_view name, std::string_view what) {
    if (!wrong_) wrong_ = {ErrorCode::invalid_input, std::string(name) + ": " + std::string(what)};
  }
  void refuse_cursor() { refuse("cursor", "must be the next_cursor of an answer, as it was"); }
  const std::optional<Error>& wrong() const { return wrong_; }

 private:
  std::optional<Date> date(std::string_view name);

  const Target& target_;
  std::optional<Error> wrong_;
};

/// The opaque text that stands for "after this event" in an answer's `next_cursor`.
std::string make_cursor(Time last);

/// The same after a row of this time and id, the newest first.
std::string make_cursor(Time last, std::int64_t id);

/// The same after a name, in the order of names.
std::string make_name_cursor(std::string_view last);

/// "TIME/ID" and the like, from which cursors of rows in order of time are made, and its parts.
std::string join_place(Time time, char separator, std::string_view id);
std::optional<std::pair<Time, std::string_view>> split_place(std::string_view place, char separator);

/// Writes {"NAME":[...],"next_cursor":...}, a row at a time.
class Page {
 public:
  /// Of at most `limit` rows. It also ends with the row by which it has 8 MiB.
  Page(std::string_view name, std::size_t limit);

  /// How many rows may follow, and whether any may.
  std::size_t room() const { return room_; }
  bool is_full() const;

  /// Where the next row is to be appended.
  std::string& row();

  std::size_t bytes() const { return json_.size(); }

  /// `cursor`: after the last row, if there are more; else "".
  Response end(std::string_view cursor);

 private:
  std::string json_;
  std::size_t room_;
  bool is_empty_ = true;
};

/// A page of the first `limit` rows: one more was read if there is a next page. `append` writes a row; `make` makes the
/// cursor after the last one shown.
template <class Row, class Append, class MakeCursor>
Result<Response> page_response(std::string_view name, const Result<std::vector<Row>>& read, std::size_t limit,
                               Append append, MakeCursor make) {
  if (!read) return read.error();
  Page page(name, limit);
  const Row* last = nullptr;
  for (const Row& row : *read) {
    if (page.is_full()) return page.end(make(*last));
    append(page.row(), row);
    last = &row;
  }
  return page.end("");
}

/// Today on the machine's own clock, or in the zone asked for; in UTC if neither is known.
Date today(const std::string& machine_zone, const std::string& asked_zone, Time now);

/// A body, unpacked. Or the answer: 415 for a type that is not JSON (none is fine) or an unknown coding, 413 for what
/// unpacks to more than `max_bytes`, 400 for damaged data.
Result<std::string, Response> json_body(const Request& request, std::size_t max_bytes);

/// The fields of a small body that is a JSON object, `{}` if there is none. Reading goes on after what is wrong, with
/// empty values; refused() is the answer to the first of it.
class Fields {
 public:
  explicit Fields(const Request& request);

  std::string text(std::string_view name);
  std::string text_even_empty(std::string_view name);
  std::string text(std::string_view name, std::string_view otherwise) {
    return find(name) ? text(name) : std::string(otherwise);
  }
  bool flag(std::string_view name);  ///< false if not given
  std::int64_t number(std::string_view name, std::int64_t otherwise, std::int64_t min, std::int64_t max);
  std::optional<std::vector<std::string>> texts(std::string_view name);

  /// The members of an object, each as JSON; nullopt if not given.
  std::optional<std::map<std::string, std::string, std::less<>>> values(std::string_view name);

  /// "note": up to 500 bytes for people, without control characters; "" if not given.
  std::string note();

  /// Refuses the body for lack of a field.
  void must_have(std::string_view name) { must_be(name, "given"); }

  /// A label for people: up to 128 bytes without control characters; "" if not given.
  std::string label();

  void refuse(const Error& error) {
    if (!refused_) refused_ = problem(400, error.message);
  }
  const std::optional<Response>& refused() const { return refused_; }

 private:
  const boost::json::value* find(std::string_view name) const;
  void must_be(std::string_view name, std::string_view what) {
    refuse({ErrorCode::invalid_input, std::string(name) + ": must be " + std::string(what)});
  }

  boost::json::object object_;
  std::optional<Response> refused_;
};

/// Content-Disposition of a file STEM.EXTENSION, a name that any file system takes: what could be more than a name
/// becomes "_". `how`: "attachment" or "inline".
std::string content_disposition(std::string_view how, std::string_view stem, std::string_view extension);

}  // namespace activitytrack::server
