#include "text/bars.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace activitytrack::report {
namespace {

constexpr std::array eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

std::string repeated(std::string_view sign, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += sign;
  return text;
}

struct Solid {
  std::string text;
  int cells = 0;
};

/// Anything above nothing is seen.
Solid solid(double share, int cells, bool utf8) {
  if (share <= 0) return {};
  const int exact = std::max(1, static_cast<int>(std::lround(std::min(share, 1.0) * cells * 8)));
  if (!utf8) {
    const int whole = std::max(1, (exact + 4) / 8);
    return {repeated("#", whole), whole};
  }
  return {repeated("█", exact / 8) + eighths[static_cast<std::size_t>(exact % 8)], (exact + 7) / 8};
}

int whole_cells(double share, int cells, int room) {
  if (share <= 0) return 0;
  return std::min(room, std::max(1, static_cast<int>(std::lround(share * cells))));
}

Paint paint_of(double share) { return share < 1.0 / 3 ? Paint::low : share < 2.0 / 3 ? Paint::medium : Paint::high; }

}  // namespace

Spans activity_bar(const Totals& totals, double whole_sec, int cells, bool utf8) {
  if (whole_sec <= 0 || cells <= 0) return padded({}, cells);
  const double active = totals.active_sec / whole_sec, scripted = totals.scripted_sec / whole_sec;
  const double idle = (totals.idle_sec() - totals.scripted_sec) / whole_sec;
  const Solid bar = solid(active, cells, utf8);
  int room = cells - bar.cells;
  const int scripted_cells = whole_cells(scripted, cells, room);
  room -= scripted_cells;
  const int idle_cells = whole_cells(idle, cells, room);
  return padded({{bar.text, paint_of(active)},
                 {repeated(utf8 ? "▒" : "x", scripted_cells), Paint::scripted},
                 {repeated(utf8 ? "·" : ".", idle_cells), Paint::idle}},
                cells);
}

Spans share_bar(double share, int cells, Paint paint, bool utf8) {
  return padded({{solid(share, cells, utf8).text, paint}}, cells);
}

Spans bar_legend(bool utf8) {
  return {
      {utf8 ? "█" : "#", Paint::medium},   {" active  ", Paint::dim},
      {utf8 ? "▒" : "x", Paint::scripted}, {" looks scripted (a lead, not proof: docs/genuine-input.md)  ", Paint::dim},
      {utf8 ? "·" : ".", Paint::idle},     {" idle", Paint::dim}};
}

}  // namespace activitytrack::report
