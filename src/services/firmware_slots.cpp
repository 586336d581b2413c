#include "services/firmware_slots.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace attache::services {

namespace {

constexpr const char* section = "firmware";
constexpr const char* running_key = "running";        // Name of the image, empty = as delivered.
constexpr const char* version_key = "version";        // Of the running image.
constexpr const char* waiting_key = "waiting";        // "<name> <kind> <kind as shown> <source>".
constexpr const char* outcome_key = "outcome";        // "<kind as shown> <error> <source>".
constexpr const char* bootloader_key = "bootloader";  // "<version> <slot>", none = as delivered.
constexpr const char* modem_bootloader_key = "modem-bootloader";
constexpr std::string_view from_cloud = "cloud";
constexpr int nothing_to_swap = -9;  // The bootloader's answer to an image it does not take.

using Change = base::Settings::Change;

std::optional<std::string> value_of(const base::Settings& settings, const char* key) {
  auto values = settings.section(section);
  auto found = values.find(key);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

// The update area of the modem takes what begins like one of its images.
std::optional<base::Reason> objection_to(FirmwareKind kind, std::string_view image) {
  bool is_modem = kind == FirmwareKind::modem_delta || kind == FirmwareKind::modem_full;
  if (!is_modem || firmware_kind(image) == kind) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_image, "the firmware image is not valid",
                           "it does not begin like an image of the modem", "");
}

int number_at(const std::vector<std::string_view>& parts, std::size_t index) {
  return index < parts.size() ? base::parse_number<std::int32_t>(parts[index]).value_or(0) : 0;
}

FirmwareSlots::Source source_at(const std::vector<std::string_view>& parts, std::size_t index) {
  return index < parts.size() && parts[index] == from_cloud ? FirmwareSlots::Source::cloud
                                                            : FirmwareSlots::Source::host;
}

std::string_view name_of(FirmwareSlots::Source source) {
  return source == FirmwareSlots::Source::cloud ? from_cloud : "host";
}

}  // namespace

FirmwareSlots::FirmwareSlots(base::Settings& settings, const std::filesystem::path& folder)
    : settings_(settings), store_(folder) {}

std::optional<std::string> FirmwareSlots::version() const {
  return value_of(settings_, version_key);
}

std::string FirmwareSlots::running_name() const {
  return value_of(settings_, running_key).value_or("");
}

std::optional<FirmwareSlots::Record> FirmwareSlots::waiting() const {
  auto text = value_of(settings_, waiting_key);
  if (!text) {
    return std::nullopt;
  }
  auto parts = base::split(*text, ' ');
  Record record;
  record.name = parts[0];
  record.kind = static_cast<FirmwareKind>(number_at(parts, 1));
  record.shown_kind = number_at(parts, 2);
  record.source = source_at(parts, 3);
  return record;
}

FirmwareSlots::Bootloader FirmwareSlots::bootloader() const {
  Bootloader known;
  std::string stored = value_of(settings_, bootloader_key).value_or("");
  auto parts = base::split(stored, ' ');
  if (parts.size() == 2) {
    known.version = base::parse_number<std::uint32_t>(parts[0]).value_or(known.version);
    known.slot = base::parse_number<std::uint32_t>(parts[1]).value_or(known.slot);
  }
  return known;
}

base::Result<void> FirmwareSlots::enter_modem_bootloader() {
  std::array changes{Change{section, modem_bootloader_key, "1"}};
  return change(changes);
}

bool FirmwareSlots::take_modem_bootloader() {
  if (!value_of(settings_, modem_bootloader_key)) {
    return false;
  }
  std::array changes{Change{section, modem_bootloader_key, std::nullopt}};
  return change(changes).has_value();
}

bool FirmwareSlots::modem_image_waits() const {
  auto record = waiting();
  return record && (record->kind == FirmwareKind::modem_delta || record->kind == FirmwareKind::modem_full);
}

bool FirmwareSlots::modem_update_waits() const {
  auto record = waiting();
  return record && record->kind == FirmwareKind::modem_delta;
}

base::Result<void> FirmwareSlots::finish(int shown_kind, bool checked, FirmwareKind kind, Source source) {
  auto bytes = store_.unfinished();
  if (!bytes) {
    store_.discard();
    return bytes.error();
  }
  kind = kind == FirmwareKind::unknown ? firmware_kind(*bytes) : kind;
  if (auto objection = checked ? objection_to(kind, *bytes) : std::nullopt) {
    store_.discard();
    return *objection;
  }
  bool is_mcuboot_image = kind == FirmwareKind::application || kind == FirmwareKind::bootloader;
  if (checked && is_mcuboot_image) {
    if (auto image = check_application_image(*bytes); !image) {
      store_.discard();
      return image.error();
    }
  }
  constexpr std::size_t digits = 16;
  std::string name =
      fmt::format("firmware-{}", base::to_lower(base::to_hex(base::sha256(*bytes)).substr(0, digits)));
  if (auto finished = store_.finish(name); !finished) {
    return finished;
  }
  std::array changes{
      Change{section, waiting_key,
             fmt::format("{} {} {} {}", name, static_cast<int>(kind), shown_kind, name_of(source))}};
  return change(changes);
}

base::Result<void> FirmwareSlots::erase_modem_update() {
  if (!modem_update_waits()) {
    return {};
  }
  std::array changes{Change{section, waiting_key, std::nullopt}};
  return change(changes);
}

base::Result<void> FirmwareSlots::boot() {
  auto record = waiting();
  if (!record) {
    tidy();
    return {};
  }
  Change done{section, waiting_key, std::nullopt};
  auto ended_with = [&record](int error) {
    return Change{section, outcome_key,
                  fmt::format("{} {} {}", record->shown_kind, error, name_of(record->source))};
  };
  if (modem_image_waits()) {
    std::array changes{done, ended_with(0)};
    return change(changes);
  }
  auto bytes = store_.read(record->name);
  auto image = bytes ? check_application_image(*bytes) : base::Result<ApplicationImage>(bytes.error());
  if (!image) {
    std::array changes{done, ended_with(nothing_to_swap)};
    if (auto changed = change(changes); !changed) {
      return changed;
    }
    return image.error();
  }
  Change taken_on = ended_with(0);
  if (record->kind == FirmwareKind::bootloader) {
    Bootloader before = bootloader();
    std::array changes{
        done, taken_on,
        Change{section, bootloader_key, fmt::format("{} {}", before.version + 1, before.slot == 0 ? 1 : 0)}};
    return change(changes);
  }
  std::array changes{done, Change{section, running_key, record->name},
                     Change{section, version_key, image->version}, taken_on};
  return change(changes);
}

std::optional<FirmwareSlots::Outcome> FirmwareSlots::take_outcome() {
  auto text = value_of(settings_, outcome_key);
  if (!text) {
    return std::nullopt;
  }
  auto parts = base::split(*text, ' ');
  Outcome outcome;
  outcome.shown_kind = number_at(parts, 0);
  outcome.error = number_at(parts, 1);
  outcome.source = source_at(parts, 2);
  std::array changes{Change{section, outcome_key, std::nullopt}};
  if (!change(changes)) {
    return std::nullopt;  // Said again after the next boot.
  }
  return outcome;
}

base::Result<void> FirmwareSlots::change(std::span<const Change> changes) {
  auto changed = settings_.apply(changes);
  if (changed) {
    tidy();
  }
  return changed;
}

// Images that nothing refers to any more.
void FirmwareSlots::tidy() {
  std::vector<std::string> names{running_name()};
  if (auto record = waiting()) {
    names.push_back(record->name);
  }
  store_.keep_only(names);
}

}  // namespace attache::services
