#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "at/parameters.hpp"
#include "base/reason.hpp"

namespace attache::dialects {

/// The parameters of one command as its handler sees them. They remember how far they have been asked for:
/// what stands behind that the firmware ignores, and the log has to say so. Their texts point into the line.
class GivenParameters {
 public:
  GivenParameters() = default;
  /// `separators`: the characters that may stand between two of them.
  GivenParameters(at::Parameters parameters, std::string_view separators)
      : parameters_(std::move(parameters)), separators_(separators) {}

  [[nodiscard]] std::size_t size() const { return parameters_.size(); }
  /// Each of these counts as asking for the parameter; see at::Parameters.
  [[nodiscard]] const at::Parameter& operator[](std::size_t index) const { return asked_for(index)[index]; }
  [[nodiscard]] bool has(std::size_t index) const { return asked_for(index).has(index); }
  [[nodiscard]] std::int64_t number(std::size_t index, std::int64_t fallback = 0) const {
    return asked_for(index).number(index, fallback);
  }
  [[nodiscard]] std::string_view text(std::size_t index, std::string_view fallback = {}) const {
    return asked_for(index).text(index, fallback);
  }
  /// Asks for as many as there are rules and holds them against these; see at::check.
  [[nodiscard]] std::optional<base::Reason> check(std::string_view line,
                                                  std::span<const at::ParameterRule> rules) const;

  /// How many, from the first on, somebody has asked for.
  [[nodiscard]] std::size_t read() const { return std::min(read_, size()); }
  /// The log says already that the rest is ignored, or all of it: nothing more is to be said of it.
  void disregard_rest() const { rest_disregarded_ = true; }
  /// True after disregard_rest(); the answer then warns of nothing.
  [[nodiscard]] bool rest_disregarded() const { return rest_disregarded_; }
  /// The first that no separator stands before, so that it begins where the string or number before it ends:
  /// the firmware takes that for two parameters. `line` is the one they point into.
  [[nodiscard]] std::optional<std::size_t> first_joined(std::string_view line) const;

 private:
  [[nodiscard]] const at::Parameters& asked_for(std::size_t index) const {
    read_ = std::max(read_, index + 1);
    return parameters_;
  }

  at::Parameters parameters_;
  std::string_view separators_;
  // Reading does not change what was given.
  mutable std::size_t read_ = 0;
  mutable bool rest_disregarded_ = false;
};

}  // namespace attache::dialects
