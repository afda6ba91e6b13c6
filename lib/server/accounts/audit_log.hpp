#pragma once

#include "core/worker.hpp"
#include "server/accounts/audit.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/clock.hpp>

#include <cstddef>
#include <vector>

namespace activitytrack::server {

/// Writes down who reads, and who was refused, on its own thread. An answer that shows data is held back until its
/// entry is on disk: what arrives while a transaction is under way is written by the next one, so many readers share
/// its cost. If the entry cannot be written, the answer is 503 and nothing is shown. What was refused is gathered for
/// half a second, and lost if the server is killed within it. Changes write their entries themselves, in their own
/// transactions (audited()).
class AuditLog {
 public:
  /// All are borrowed.
  AuditLog(Database& database, Clock& clock, Log& log, std::size_t capacity = 10'000);

  /// Passes a response on by `answer`: at once if nothing is to be written down, else, on the log's thread, when that
  /// is done. From any thread. `status`: as the handler answered, before the client was found to have it already.
  void pass_on(const Request& request, int status, Response response, Answer answer);

  /// Notes a request that was refused. While the log is full it is only counted.
  void note_refused(const Request& request, int status);

  /// So much waits, because the database takes nothing, that reads are better refused before they are made.
  bool is_full() const;

  /// Writes what waits, then ends the thread; so does the destructor.
  void stop() { worker_.stop(); }

 private:
  /// The answer that waits for an entry; empty if none does.
  struct Held {
    Response response{};
    Answer answer{};
  };
  struct Group {
    std::vector<AuditEntry> entries{};
    std::vector<Held> held{};  ///< one for each entry
    std::size_t answers = 0;   ///< so many of them wait

    void add(AuditEntry entry, Held waiting);
  };
  enum class Outcome { written, left_out, failed };

  bool add(AuditEntry entry, Held held);
  bool step(Worker::Lock& lock);
  void settle(Worker::Lock& lock, Group group, const std::vector<Outcome>& outcomes);
  std::vector<Outcome> write(std::span<const AuditEntry> entries);
  std::vector<Outcome> write_singly(std::span<const AuditEntry> entries);
  void note_failure(const Error& error);

  Database& database_;
  Clock& clock_;
  Log& log_;
  const std::size_t capacity_;

  Group waiting_;
  std::size_t writing_ = 0;  ///< entries that the thread tries to write just now
  std::size_t dropped_ = 0;  ///< refused requests that there was no room for, since writing last worked
  bool failing_ = false;     ///< only the thread uses it
  Worker worker_;
};

}  // namespace activitytrack::server
