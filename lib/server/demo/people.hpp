#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Who the made-up machines belong to.

namespace activitytrack::server {

/// An application, and what its windows are called.
struct DemoApp {
  std::string_view name;
  std::span<const std::string_view> titles;
};

/// What a person works at. Rates are of a busy minute.
struct Trade {
  std::span<const DemoApp> apps;
  double keys, clicks, pixels, scrolls;
};

/// What is to be seen at one machine only.
enum class Quirk {
  none,
  scripted,    ///< a program clicks for a while each working day
  always_on,   ///< never off: a day has all its events
  travels,     ///< to another zone, some days ago
  refused,     ///< its agent refused the configuration
  restart,     ///< its agent has to be restarted for the configuration
  failing,     ///< its capture fails since some hours
  offline,     ///< not heard of for days
  rejections,  ///< some of its events were refused
};

enum class DemoPictures { none, blurred, sharp, sealed };

/// What a machine does while its person has lunch.
enum class Lunch { idle, asleep, paused, off };

struct DemoPerson {
  std::string_view account;  ///< "demo-amelie"; the machine's id begins with it
  std::string_view label;    ///< without the word that it is a demo
  std::string_view zone;     ///< IANA name
  std::string_view group;
  int begins_min;  ///< minutes after midnight on their clock
  const Trade* trade;
  Lunch lunch;
  Quirk quirk;
  DemoPictures pictures;
};

/// Where the one who travels goes.
inline constexpr std::string_view travelled_to = "America/Sao_Paulo";

/// A machine of the demo. Beyond the people that there are, they come again, with a number and without what is to be
/// seen at one machine only.
struct DemoMachine {
  std::string id{};     ///< "demo-amelie-laptop", "demo-amelie-laptop-2"
  std::string label{};  ///< "Amélie, design (demo)"
  DemoPerson person{};
  bool is_first = true;  ///< of its person: that one has an account
};

std::vector<DemoMachine> demo_machines(std::size_t count);

}  // namespace activitytrack::server
