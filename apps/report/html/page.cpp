#include "html/page.hpp"

#include <array>

namespace activitytrack::report {
namespace {

constexpr std::string_view style = R"(
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#5c6672;--line:#d9dee4;--card:#f6f8fa;
--active:#2f7d4f;--scripted:#a3409a;--idle:#c9d1d9;--keys:#2f6fb5;--clicks:#b5651d;
--asleep:#9db4d6;--paused:#d8c48a;--stopped:#d3a3a3;--off:#b3b3c4;--blind:#cfb3d8;--clock:#c4581d}
@media (prefers-color-scheme:dark){:root{--bg:#14181d;--fg:#e4e9ee;--soft:#98a3af;--line:#323a43;--card:#1c2229;
--active:#4fb477;--scripted:#cf7ac6;--idle:#414b56;--keys:#6ba6e5;--clicks:#e0954f;
--asleep:#3f5678;--paused:#6b5a24;--stopped:#6e4040;--off:#4a4a5c;--blind:#5f466a;--clock:#e0954f}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:68rem;padding:2rem 1.25rem 4rem;background:var(--bg);color:var(--fg);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.5rem 0 .75rem}
.sub{color:var(--soft);margin:.25rem 0 0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.5rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem}
.card b{display:block;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}
.card span{color:var(--soft);font-size:.85rem}
figure{margin:1.5rem 0}
figcaption{font-weight:600;margin-bottom:.4rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;color:var(--soft);font-size:.85rem}
.legend i{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;margin-right:.4rem}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font-size:11px}
svg text.name{fill:var(--fg);font-size:12px}
.grid{stroke:var(--line);stroke-width:1}
.active{fill:var(--active);background:var(--active)}.scripted{fill:var(--scripted);background:var(--scripted)}
.idle{fill:var(--idle);background:var(--idle)}.keys{fill:var(--keys);background:var(--keys)}
.clicks{fill:var(--clicks);background:var(--clicks)}
.strip{fill:none;stroke:var(--line)}.asleep{fill:var(--asleep);background:var(--asleep)}
.paused{fill:var(--paused);background:var(--paused)}.stopped{fill:var(--stopped);background:var(--stopped)}
.off{fill:var(--off);background:var(--off)}.blind{fill:var(--blind);background:var(--blind)}
.clock{fill:var(--clock);background:var(--clock)}
.scroll{overflow-x:auto;margin:1.5rem 0}
table{border-collapse:collapse;width:100%;font-size:.85rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.25rem 0 .5rem}
th,td{padding:.3rem .5rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child{text-align:left}tbody th{font-weight:400}thead th{color:var(--soft);font-weight:600}
td.text{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:8rem}
@media print{body{max-width:none;padding:0}figure,.card,tr{break-inside:avoid}}
)";

bool is_number(std::string_view text) {
  return text.empty() || text.find_first_not_of("0123456789.,-+:%") == std::string_view::npos ||
         (text[0] >= '0' && text[0] <= '9' && text.size() < 26);
}

}  // namespace

std::string escaped(std::string_view text) {
  constexpr std::string_view special = "&<>\"'";
  constexpr std::array<std::string_view, special.size()> names{"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  std::string out;
  for (const char c : text) {
    if (const auto at = special.find(c); at != special.npos)
      out += names[at];
    else if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
      out += "\xEF\xBF\xBD";
    else
      out += c;
  }
  return out;
}

Page::Page(std::ostream& out, std::string_view title, std::string_view subtitle) : out_(out) {
  out_ << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          // A title that a program chose can never load or run anything here.
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'\">\n<title>"
       << escaped(title) << " – " << escaped(subtitle) << "</title>\n<style>" << style
       << "</style>\n</head>\n<body>\n<header>\n<h1>" << escaped(title) << "</h1>\n<p class=\"sub\">"
       << escaped(subtitle) << "</p>\n</header>\n<main>\n";
}

Page::~Page() { out_ << "</main>\n</body>\n</html>\n"; }

void Page::heading(std::string_view text) { out_ << "<h2>" << escaped(text) << "</h2>\n"; }

void Page::figure(std::string_view caption, std::string_view svg, std::string_view legend) {
  out_ << "<figure>\n<figcaption>" << escaped(caption) << "</figcaption>\n" << svg;
  if (!legend.empty()) out_ << "<p class=\"legend\">" << legend << "</p>\n";
  out_ << "</figure>\n";
}

void Page::begin_table(std::string_view caption, const std::vector<std::string>& titles) {
  out_ << "<div class=\"scroll\">\n<table>\n<caption>" << escaped(caption) << "</caption>\n<thead><tr>";
  for (const std::string& title : titles) out_ << "<th scope=\"col\">" << escaped(title) << "</th>";
  out_ << "</tr></thead>\n<tbody>\n";
}

void Page::row(const std::vector<std::string>& cells) {
  out_ << "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i == 0)
      out_ << "<th scope=\"row\">" << escaped(cells[i]) << "</th>";
    else
      out_ << (is_number(cells[i]) ? "<td>" : "<td class=\"text\">") << escaped(cells[i]) << "</td>";
  }
  out_ << "</tr>\n";
}

void Page::end_table() { out_ << "</tbody>\n</table>\n</div>\n"; }

void Page::scripted_note() {
  out_ << "<p class=\"sub\">What looks scripted is not counted. It is a lead, not proof: docs/genuine-input.md tells "
          "how it is judged, and how often that is wrong.</p>\n";
}

}  // namespace activitytrack::report
