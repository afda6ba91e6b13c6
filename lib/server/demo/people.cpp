#include "server/demo/people.hpp"

#include <array>

namespace activitytrack::server {
namespace {

using Titles = std::string_view;

constexpr Titles editor[] = {"session.cpp - shop - Visual Studio Code", "README.md - shop - Visual Studio Code",
                             "schema.sql - shop - Visual Studio Code"};
constexpr Titles terminal[] = {"~/shop: ninja -C build", "~/shop: git log", "ssh staging"};
constexpr Titles browser[] = {"std::chrono - cppreference.com - Mozilla Firefox",
                              "Pull request 218: Cut the queue in parts - Mozilla Firefox",
                              "Calendar, week 47 - Mozilla Firefox"};
constexpr Titles mail[] = {"Inbox - Thunderbird", "Re: Figures of the third quarter - Thunderbird",
                           "Write: Visit on Thursday - Thunderbird"};
constexpr Titles chat[] = {"#general - Element", "#support 🎧 - Element", "🚀 #release - Element"};
constexpr Titles emoji[] = {"🎨 Moodboard — 春のコレクション.fig", "ロゴ案_最終版(2).svg - Inkscape",
                            "👩‍💻 Stand-up notes 🗒️ - Obsidian"};
constexpr Titles drawing[] = {"poster-a1.xcf-4.0 (RGB colour, 6 layers) - GIMP", "icons.svg - Inkscape"};
constexpr Titles sheets[] = {"Budget 2026.ods - LibreOffice Calc", "Offers, November.ods - LibreOffice Calc"};
constexpr Titles writing[] = {"دليل المستخدم.odt - LibreOffice Writer", "תוכנית עבודה לרבעון.odt - LibreOffice Writer",
                              "مذكرة اجتماع - نسخة ثانية.odt - LibreOffice Writer"};
constexpr Titles tickets[] = {
    "[T-4711] The printer on the second floor prints every page twice, but only on Mondays, and only if the cover "
    "sheet is switched on in the driver of the old workstation, which nobody has used since the move; the customer "
    "asks whether it is the cable, the driver, the server, the paper or the weather - Helpdesk - Mozilla Firefox",
    "[T-4720] Password reset - Helpdesk - Mozilla Firefox", "Open tickets (14) - Helpdesk - Mozilla Firefox"};
constexpr Titles slides[] = {"Visit on Thursday.odp - LibreOffice Impress"};
constexpr Titles desk[] = {"Visitors today - Reception", "Front door camera - VLC media player"};

constexpr DemoApp of_developer[] = {{"code", editor},     {"gnome-terminal", terminal},
                                    {"firefox", browser}, {"code", editor},
                                    {"element", chat},    {"thunderbird", mail}};
constexpr DemoApp of_designer[] = {{"gimp", drawing}, {"inkscape", emoji}, {"firefox", browser}, {"element", chat}};
constexpr DemoApp of_office[] = {{"soffice", sheets}, {"thunderbird", mail}, {"firefox", browser}, {"soffice", slides}};
constexpr DemoApp of_writer[] = {{"soffice", writing}, {"firefox", browser}, {"thunderbird", mail}};
constexpr DemoApp of_support[] = {{"firefox", tickets}, {"element", chat}, {"thunderbird", mail}};
constexpr DemoApp of_reception[] = {{"reception", desk}, {"thunderbird", mail}};

constexpr Trade developer{of_developer, 110, 8, 3'500, 6}, designer{of_designer, 22, 34, 14'000, 9},
    office{of_office, 70, 18, 6'000, 12}, writer{of_writer, 150, 6, 2'400, 8}, support{of_support, 90, 24, 8'000, 16},
    reception{of_reception, 12, 6, 2'000, 2};

constexpr int hour = 60;
constexpr DemoPerson people[] = {
    {"demo-amelie", "Amélie, design", "Europe/Berlin", "demo-office", 8 * hour + 40, &designer, Lunch::asleep,
     Quirk::none, DemoPictures::blurred},
    {"demo-jonas", "Jonas, development", "Europe/Berlin", "demo-office", 9 * hour + 30, &developer, Lunch::idle,
     Quirk::none, DemoPictures::sealed},
    {"demo-priya", "Priya, development", "Asia/Kolkata", "demo-remote", 10 * hour, &developer, Lunch::off, Quirk::none,
     DemoPictures::none},
    {"demo-dylan", "Dylan, support", "America/St_Johns", "demo-remote", 7 * hour + 30, &support, Lunch::paused,
     Quirk::scripted, DemoPictures::none},
    {"demo-mateo", "Mateo, sales", "Europe/Lisbon", "demo-remote", 9 * hour, &office, Lunch::asleep, Quirk::travels,
     DemoPictures::none},
    {"demo-noor", "نور, documentation", "Asia/Jerusalem", "demo-remote", 8 * hour, &writer, Lunch::idle, Quirk::none,
     DemoPictures::none},
    {"demo-kenji", "健二 🎨, design", "Asia/Tokyo", "demo-remote", 9 * hour + 45, &designer, Lunch::paused,
     Quirk::restart, DemoPictures::sharp},
    {"demo-grace", "Grace, sales", "America/Los_Angeles", "demo-remote", 10 * hour, &office, Lunch::off, Quirk::refused,
     DemoPictures::none},
    {"demo-reception", "Reception", "Europe/Berlin", "demo-office", 7 * hour, &reception, Lunch::idle, Quirk::always_on,
     DemoPictures::none},
    {"demo-oskar", "Oskar, accounts", "Europe/Berlin", "demo-office", 8 * hour, &office, Lunch::asleep, Quirk::failing,
     DemoPictures::none},
    {"demo-tane", "Tāne, support", "Pacific/Auckland", "demo-remote", 8 * hour + 30, &support, Lunch::off,
     Quirk::offline, DemoPictures::none},
    {"demo-rosa", "Rosa, accounts", "America/New_York", "demo-office", 9 * hour, &office, Lunch::asleep,
     Quirk::rejections, DemoPictures::none},
};

}  // namespace

std::vector<DemoMachine> demo_machines(std::size_t count) {
  std::vector<DemoMachine> all;
  for (std::size_t i = 0; i < count; ++i) {
    DemoMachine machine{.person = people[i % std::size(people)]};
    const std::size_t round = i / std::size(people);
    machine.id = std::string(machine.person.account) + "-laptop";
    machine.label = machine.person.label;
    if (round > 0) {
      const std::string number = std::to_string(round + 1);
      machine.id += "-" + number;
      machine.label += " " + number;
      machine.is_first = false;
      machine.person.quirk = Quirk::none;
      machine.person.pictures = DemoPictures::none;
    }
    machine.label += " (demo)";
    all.push_back(std::move(machine));
  }
  return all;
}

}  // namespace activitytrack::server
