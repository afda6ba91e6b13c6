#pragma once

#include "core/json_writer.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// The record of who read or changed what.

namespace activitytrack::server {

struct Request;

/// What a change was made to.
struct AuditTarget {
  std::string kind{};   ///< person, token, enroll_token, machine, session; "" if it was made to nothing of these
  std::string id{};     ///< a person's name, a machine's id, the id of a token or session as the API shows it
  std::string label{};  ///< of a token, or ""

  friend bool operator==(const AuditTarget&, const AuditTarget&) = default;
};

struct AuditEntry {
  Time at{};
  std::string kind{};        ///< person, machine, enrolment, command, ...
  std::string name{};        ///< of the person or machine
  std::string action{};      ///< "GET /api/activity/{id}/events"; with the id of a screenshot
  std::string machine_id{};  ///< "" if it is about no machine, or about all
  std::string client{};      ///< address
  std::int64_t status = 0;   ///< as answered; 0 for a command
  std::int64_t id = 0;       ///< 0: gets one when it is written; else it is written once, however often it is tried
  AuditTarget target{};
  std::string details{};  ///< a JSON object of what changed (AuditDetails), never with a secret; "" for nothing

  friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

/// Of a request's principal, route and client. The machine, and the target, are what the path names, if it can be one's
/// id.
AuditEntry audit_entry(const Request& request, Time now, int status);

/// In the transaction of the change that they are about, or in none.
Result<void> write_audit(Database& database, std::span<const AuditEntry> entries);

/// Makes a change and writes its entry in one transaction: neither is kept without the other. Returns what `change`
/// returned. A change that takes an AuditEntry& says there what it changed, each time it is run.
template <class Change>
auto audited(Database& database, const AuditEntry& entry, Change change) {
  const auto make = [&](AuditEntry& about) {
    if constexpr (std::is_invocable_v<Change&, AuditEntry&>) {
      return change(about);
    } else {
      return change();
    }
  };
  return transact(database, [&]() -> std::invoke_result_t<decltype(make), AuditEntry&> {
    AuditEntry about = entry;
    auto made = make(about);
    if (!made) return made;
    if (auto written = write_audit(database, std::span(&about, 1)); !written) return written.error();
    return made;
  });
}

/// The JSON of AuditEntry::details, member by member: `"role":{"from":"viewer","to":"admin"}`.
class AuditDetails {
 public:
  AuditDetails() { json_.begin_object(); }
  AuditDetails(const AuditDetails&) = delete;

  /// A fact that is no change: a label, a number of uses.
  template <class Value>
  AuditDetails& add(std::string_view name, const Value& value) {
    json_.field(name, value);
    return *this;
  }

  /// What was before and is now. std::nullopt: it was not there, or is not any more.
  AuditDetails& changed(std::string_view name, const std::optional<std::string>& from,
                        const std::optional<std::string>& to);

  /// Names that were given, and those that were taken away; nothing if they are the same. Both are in order.
  AuditDetails& listed(std::string_view name, const std::vector<std::string>& from, const std::vector<std::string>& to);

  /// The object; to be called once.
  std::string text();

 private:
  std::string text_;
  JsonWriter json_{text_};
};

/// What to show: entries with start <= at < end, the newest first, and on from where a page before ended.
struct AuditQuery {
  std::string machine_id{};  ///< "": of all machines, and of none
  std::string name{};        ///< by this person, machine or user of a command; "": by anyone
  std::string target{};      ///< made to what has this AuditTarget::id; "": to anything
  Time start{};
  Time end = Time::max();
  std::optional<std::pair<Time, std::int64_t>> before{};  ///< a row's at and id
  std::size_t limit = 1000;
};
Result<std::vector<AuditEntry>> read_audit(Database& database, const AuditQuery& query);

/// Removes entries older than `before`, at most `limit` of them. Returns how many there were.
Result<std::int64_t> drop_old_audit(Database& database, Time before, std::size_t limit);

/// An entry as the API shows it.
void write_audit_entry(JsonWriter& json, const AuditEntry& entry);

}  // namespace activitytrack::server
