#include "cellular/card/personalisation.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"

namespace attache::cellular {

namespace {

constexpr std::string_view locks_section = "personalisation";
constexpr std::string_view disabled_mark = "disabled";
constexpr std::array<std::string_view, 5> facilities{"PN", "PU", "PP", "PC", "PS"};

// As stored: "<permanent> <password> <items>".
struct Lock {
  bool permanent = false;
  std::string_view password;
  std::string_view items;
};

Lock parse(std::string_view stored) {
  auto parts = base::split(stored, ' ');
  Lock lock;
  if (parts.size() == 3) {
    lock = {parts[0] == "1", parts[1], parts[2]};
  }
  return lock;
}

bool admits(std::string_view items, std::string_view imsi) {
  auto listed = base::split(items, ':');
  return std::any_of(listed.begin(), listed.end(), [imsi](std::string_view item) {
    std::string digits(item);
    std::erase(digits, '.');
    return !digits.empty() && imsi.starts_with(digits);
  });
}

}  // namespace

std::optional<std::string> Personalisation::refuses(std::string_view imsi) const {
  auto stored = settings_.section(locks_section);
  for (std::string_view facility : facilities) {
    auto found = stored.find(std::string(facility));
    bool locks = found != stored.end() && found->second != disabled_mark;
    if (locks && !admits(parse(found->second).items, imsi)) {
      return std::string(facility);
    }
  }
  return std::nullopt;
}

bool Personalisation::locked(std::string_view facility) const {
  auto stored = settings_.section(locks_section);
  auto found = stored.find(std::string(facility));
  return found != stored.end() && found->second != disabled_mark;
}

bool Personalisation::disabled(std::string_view facility) const {
  return settings_.section(locks_section)[std::string(facility)] == disabled_mark;
}

Personalisation::Check Personalisation::store(std::string_view facility, std::optional<std::string> value) {
  std::array<base::Settings::Change, 1> change{
      {{std::string(locks_section), std::string(facility), std::move(value)}}};
  return settings_.apply(change) ? Check::ok : Check::storage_failed;
}

Personalisation::Check Personalisation::lock(std::string_view facility, std::string_view password,
                                             bool permanent, std::string_view items) {
  std::string value = permanent ? "1 " : "0 ";
  value += password;
  value += ' ';
  value += items;
  return store(facility, std::move(value));
}

Personalisation::Check Personalisation::unlock(std::string_view facility, std::string_view password) {
  if (!locked(facility)) {
    return Check::not_locked;
  }
  std::string stored = settings_.section(locks_section)[std::string(facility)];
  Lock lock = parse(stored);
  if (lock.permanent) {
    return Check::permanent;
  }
  return lock.password == password ? store(facility, std::nullopt) : Check::wrong;
}

Personalisation::Check Personalisation::disable(std::string_view facility) {
  return store(facility, std::string(disabled_mark));
}

}  // namespace attache::cellular
