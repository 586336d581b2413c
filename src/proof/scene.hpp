#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "device/config/config.hpp"
#include "doctor/diagnosis.hpp"
#include "doctor/finding.hpp"
#include "doctor/rules/session.hpp"
#include "proof/internet.hpp"
#include "proof/script.hpp"

namespace attache::proof {

/// Everything that a replay is made of: the device, the network around it and what the host does.
struct Scene {
  device::DeviceConfig config;
  Internet internet;
  Script script;
};

/// What is to be proven: a finding in its session.
struct Claim {
  const doctor::Session& session;
  const doctor::Finding& finding;

  /// The item of the log that the finding is about: the command, or that behind which its line came. Null if
  /// it rests on absences alone.
  [[nodiscard]] doctor::ItemRef item() const;
  /// The first item of its evidence that fulfils it; null if there is none.
  [[nodiscard]] doctor::ItemRef cited(bool (*fulfils)(const doctor::Item&)) const;
};

/// A scene that fits the log in all that has nothing to do with the cause: dialect, firmware, card, operator
/// and technology as the log shows them, names and servers that it speaks of. A log that begins with a
/// device in operation gets the commands before it that make it so. Fails if no device of that dialect is
/// served.
base::Result<Scene> scene_of(const doctor::Session& session);

/// The index of the step a claim is about; the number of steps if it is about none.
std::size_t step_of(const Script& script, const Claim& claim);

}  // namespace attache::proof
