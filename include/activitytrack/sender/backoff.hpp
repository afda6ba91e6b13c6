#pragma once

#include <activitytrack/core/backoff.hpp>
