#include "common/near_miss.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace activitytrack::program {
namespace {

/// How many letters have to be added, left out, replaced, or swapped with their neighbour to make one of the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1), last(to.size() + 1), row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      row[j + 1] = std::min({last[j] + (from[i] != to[j]), last[j + 1] + 1, row[j] + 1});
      if (i > 0 && j > 0 && from[i] == to[j - 1] && from[i - 1] == to[j])
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

/// So many errors are likelier than another word.
std::size_t most_errors(std::string_view word) {
  return word.size() < 3 ? 0 : word.size() < 6 ? 1 : word.size() < 12 ? 2 : 3;
}

constexpr std::size_t shortest_beginning = 3;

bool begin_alike(std::string_view one, std::string_view other) {
  return std::min(one.size(), other.size()) >= shortest_beginning && (one.starts_with(other) || other.starts_with(one));
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> known) {
  const std::string typed = lower_case(word);
  std::string found;
  std::size_t least = most_errors(typed) + 1;
  for (const std::string& each : known) {
    const std::size_t distance = edit_distance(typed, lower_case(each));
    if (distance < least) found = each, least = distance;
  }
  return found;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known, std::string_view dashes) {
  std::string meant = nearest(word, known);
  const auto alike = [&](const std::string& each) { return begin_alike(word, each); };
  if (meant.empty() && std::ranges::count_if(known, alike) == 1) meant = *std::ranges::find_if(known, alike);
  return meant.empty() ? "" : " (did you mean " + std::string(dashes) + meant + "?)";
}

}  // namespace activitytrack::program
