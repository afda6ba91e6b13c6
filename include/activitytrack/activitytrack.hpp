#pragma once

/// libactivitytrack: count what a person does at a computer, keep it safe, and send it on.
///
///     InputSource ─┐
///     FocusSource ─┼─> Sampler ─> Event ─> Buffer ─> Sender ─> a server
///     SystemStats ─┤
///     TimeZone ────┘
///
/// Use the whole (Agent), or any part by itself. Which part is called on which thread is said in one place, at the
/// beginning of agent/agent.hpp. No header here includes Asio, Beast, JSON, SQLite or X11. examples/ shows the ways in.

#include <activitytrack/agent/agent.hpp>
#include <activitytrack/agent/sampler.hpp>
#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/config/settings.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/core/event_json.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/memory_source.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/desktop/focus_source.hpp>
#include <activitytrack/desktop/machine.hpp>
#include <activitytrack/desktop/notifier.hpp>
#include <activitytrack/input/classifier.hpp>
#include <activitytrack/input/input_source.hpp>
#include <activitytrack/input/trace.hpp>
#include <activitytrack/report/summary.hpp>
#include <activitytrack/s3/s3_options.hpp>
#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/image.hpp>
#include <activitytrack/screen/screen_source.hpp>
#include <activitytrack/seal/seal.hpp>
#include <activitytrack/sender/sender.hpp>
