#pragma once

#include "common/commands.hpp"
#include "core/csv.hpp"
#include "settings.hpp"
#include "sources/source.hpp"
#include "text/screen.hpp"

#include <activitytrack/report/summary.hpp>
#include <activitytrack/seal/seal.hpp>

#include <array>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::report {

/// "today" or "yesterday".
bool is_date_word(std::string_view text);

/// That --date, --from and --to do not contradict each other, as far as that can be known without a machine.
Result<void> check_dates(const ReportSettings& settings);

/// The same, which were checked, as days; invalid_input if they contradict each other now that today is known.
Result<Dates> resolve_dates(const ReportSettings& settings, Date today);

enum class Format { table, json, csv, html };

/// What a command works on: days of a machine, but for `machines`.
struct Request : MachineDays {
  Source& source;
  Format format;
  CsvText csv;
  Look look;
  std::ostream& out;
};

constexpr std::array all_formats{Format::table, Format::json, Format::csv, Format::html};

/// One row of the table of commands, which shows something of a source, or works on keys and files.
struct CommandSpec : program::CommandSyntax {
  Result<void> (*show)(const Request&) = nullptr;
  int (*work)(const Invocation& invocation, std::ostream& out,
              std::ostream& err) = nullptr;       ///< returns the exit status
  std::span<const Format> formats = all_formats;  ///< the first is the default
  bool of_a_machine = true;                       ///< false: of all of them
};

std::span<const CommandSpec> commands();
const CommandSpec* find_command(std::string_view name);

/// Runs a command; what goes wrong is one line on `err`, but for output that `out` does not take. Gives the exit
/// status: 0 done, 1 failed, 2 wrong usage.
int run_command(const Invocation& invocation, Source& source, Clock& clock, Look look, std::ostream& out,
                std::ostream& err);

Result<void> run_summary(const Request& request);
Result<void> run_timeline(const Request& request);
Result<void> run_apps(const Request& request);
Result<void> run_events(const Request& request);
Result<void> run_machines(const Request& request);
Result<void> run_export(const Request& request);

int run_keygen(const Invocation& invocation, std::ostream& out, std::ostream& err);
int run_open(const Invocation& invocation, std::ostream& out, std::ostream& err);

/// The private key of --key, or of the user's own file. None where no key is named and the user has none.
Result<std::optional<PrivateKey>> key_if_there(const ReportSettings& settings);

}  // namespace activitytrack::report
