#pragma once

/// libactivitytrack: count what a person does at a computer, keep it safe, and send it on.
///
///     InputSource ─┐
///     FocusSource ─┼─> Sampler ─> Event ─> Buffer ─> Sender ─> a server
///     SystemStats ─┤
///     TimeZone ────┘
///
/// Use the whole (Agent), or any part by itself. Here is what a program needs that has an Agent: the agent with its
/// parts, and settings. Each header stands for itself, too. These do so only, since an Agent needs none of them:
///
///     core/memory_source.hpp    samples of input or focus that the program has itself
///     report/summary.hpp        a day's report from events
///     s3/s3_options.hpp         for who sends to a bucket
///
/// Which part is called on which thread is said in one place, at the beginning of agent/agent.hpp. No header includes
/// Asio, Beast, JSON, SQLite or X11. examples/ shows the ways in.

#include <activitytrack/agent/agent.hpp>
#include <activitytrack/agent/sampler.hpp>
#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/config/settings.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/desktop/desktop.hpp>
#include <activitytrack/input/classifier.hpp>
#include <activitytrack/input/input_source.hpp>
#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/screen_source.hpp>
#include <activitytrack/seal/seal.hpp>
#include <activitytrack/sender/sender.hpp>
