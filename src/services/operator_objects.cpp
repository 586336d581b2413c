#include "services/operator_objects.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace attache::services {

namespace {

constexpr std::string_view errors_path = "/3/0/11";

std::string identity_path(std::uint16_t instance, std::int64_t type) {
  return fmt::format("/16/{}/0/{}", instance, type);
}

}  // namespace

std::string_view OperatorObjects::value(std::string_view path) const {
  auto found = resources_.find(std::string(path));
  return found == resources_.end() ? std::string_view() : found->second;
}

void OperatorObjects::add_error(std::int32_t code) {
  errors_.insert(code);
  show_errors();
}

bool OperatorObjects::remove_error(std::int32_t code) {
  bool removed = errors_.erase(code) > 0;
  show_errors();
  return removed;
}

void OperatorObjects::show_errors() {
  set(std::string(errors_path), fmt::format("{}", fmt::join(errors_, ",")));
}

std::optional<base::WallTime> OperatorObjects::time(base::Time now) const {
  if (!told_) {
    return std::nullopt;
  }
  return told_->time + (now - told_->at);
}

bool OperatorObjects::create_portfolio(std::uint16_t instance) {
  return portfolios_.insert(instance).second;
}

std::optional<std::string> OperatorObjects::identity(std::uint16_t instance, std::int64_t type) const {
  if (!portfolios_.contains(instance)) {
    return std::nullopt;
  }
  return std::string(value(identity_path(instance, type)));
}

bool OperatorObjects::write_identity(std::uint16_t instance, std::int64_t type, std::string text) {
  if (!portfolios_.contains(instance)) {
    return false;
  }
  set(identity_path(instance, type), std::move(text));
  return true;
}

}  // namespace attache::services
