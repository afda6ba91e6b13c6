#pragma once

#include <activitytrack/report/summary.hpp>

#include <cstddef>

// A machine may name as many applications as it likes. What is kept of them, and answered, has bounds; what these cut
// off is in Totals::apps under other_apps, so that the applications still add up to what they did.

namespace activitytrack {

/// Cuts what an hour keeps to about 200 applications with names of usual length, 7000 bytes packed: so that each event
/// costs the same however many were named before, and a row fits a page of PostgreSQL.
///
/// Those with the shortest names are kept, among equally long ones the first in order, and none behind the first that
/// finds no room. Which these are depends on the names alone, and who is left out once would be left out always: so
/// totals may be cut at any time, in any part and in any order of adding, and say the same in the end. What is kept by
/// the time spent, on the other hand, would depend on the order in which events arrive. The names of programs that
/// people use are short; long are those that some client makes up, of titles for instance.
void bound_apps(Totals& totals);

/// Whether bound_apps() would change nothing.
bool has_bounded_apps(const Totals& totals);

/// An application as Totals::apps holds it.
using NamedApp = decltype(Totals::apps)::value_type;

/// The order of top_apps().
bool is_more_active(const NamedApp& a, const NamedApp& b);

/// Leaves the most active applications, in the order of top_apps(). For what is answered: it does not commute.
void keep_top_apps(Totals& totals, std::size_t count);

}  // namespace activitytrack
