#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/journal.hpp"

namespace attache::test_support {

/// Keeps log lines and reasons; a reason stands among the lines too. A line without text is a fault, so is a
/// reason that does not say what and why.
class RecordingJournal final : public base::Journal {
 public:
  void log(base::LogLevel level, std::string_view, std::string message) override {
    EXPECT_FALSE(message.empty());
    lines.emplace_back(level, std::move(message));
  }
  void report(std::string_view, base::Reason reason) override {
    EXPECT_FALSE(reason.what.empty());
    EXPECT_FALSE(reason.why.empty()) << reason.what;
    lines.emplace_back(base::LogLevel::warning, base::summary(reason));
    reasons.push_back(std::move(reason));
  }

  [[nodiscard]] bool contains(std::string_view part) const {
    return std::any_of(lines.begin(), lines.end(),
                       [part](const auto& line) { return line.second.find(part) != std::string::npos; });
  }

  std::vector<std::pair<base::LogLevel, std::string>> lines;
  std::vector<base::Reason> reasons;
};

}  // namespace attache::test_support
