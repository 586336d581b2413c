#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/certificate_file.hpp"
#include "doctor/finding.hpp"
#include "doctor/follower/item.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::doctor {

/// One setting of a build configuration.
struct BuildSetting {
  std::string name;  ///< Without CONFIG_.
  std::string value;
  EventRef source;
  bool is_commented = false;  ///< "#CONFIG_X=y": it looks like a setting and is none.
};

/// What a device of ours says by itself of a failure: in its log a block of lines that ends in "more: attache
/// explain CODE", in its trace a comment, "failure [CODE]: …". By numbers of items.
struct ToldReason {
  base::Cause cause = base::Cause::none;
  bool is_of_success = false;  ///< A remark: the command got OK, or another attempt was made.
  EventRef event;              ///< The line that says why.
  std::size_t first = 0;       ///< The command, or the first line that was logged of the failure.
  std::size_t block = 0;       ///< The first line of the reason itself …
  std::size_t last = 0;        ///< … and its last one.
};

/// All that rules look at.
struct Session {
  std::vector<ItemRef> items;       ///< In the order of their numbers.
  std::vector<ToldReason> told;     ///< In the order of their numbers.
  StateRef end;                     ///< What is known at the end of the log.
  std::vector<BuildSetting> build;  ///< Of prj.conf and overlays; empty = none was given.
  std::vector<CertificateFile> certificates;
  std::string dialect;   ///< Given or found; empty = unknown.
  std::string firmware;  ///< "1.3.6"; given or found; empty = unknown.
  std::chrono::system_clock::time_point now;

  /// That of the dialect; null if it is unknown.
  [[nodiscard]] const vocabulary::Vocabulary* vocabulary() const;
  /// The last one of that name, since later files go over earlier ones; comments do not count. Null without
  /// one.
  [[nodiscard]] const BuildSetting* setting(std::string_view name) const;
  /// The last item before `item`, or of all, that fulfils it; null if there is none.
  [[nodiscard]] ItemRef last_before(const Item& item, const std::function<bool(const Item&)>& fulfils) const;
  /// The first one behind it.
  [[nodiscard]] ItemRef first_after(const Item& item, const std::function<bool(const Item&)>& fulfils) const;
  /// Of all items; null if there is none.
  [[nodiscard]] ItemRef first(const std::function<bool(const Item&)>& fulfils) const;
  /// Likewise.
  [[nodiscard]] ItemRef last(const std::function<bool(const Item&)>& fulfils) const;
  /// Whether it is a line of a reason that was told: its words are the device's conclusion, no sign of their
  /// own.
  [[nodiscard]] bool is_told(const Item& item) const;
  /// Whether anything in the log is an answer or a notification of the device.
  [[nodiscard]] bool device_speaks() const;
};

/// Where a finding is put together.
class Findings {
 public:
  class Draft;
  /// Begins a finding. `score`: 1 … 100, see `certain`; `rule` must live for ever. The draft lives no longer
  /// than this.
  Draft add(base::Cause cause, int score, std::string_view rule);
  /// In the order in which they were added.
  [[nodiscard]] std::deque<Finding>& all() { return all_; }

 private:
  std::deque<Finding> all_;  // Drafts refer to what is in it.
};

/// A finding that a rule writes.
class Findings::Draft {
 public:
  explicit Draft(Finding& finding) : finding_(finding) {}
  /// The line that it is about, with what it shows. Null is passed over, as with with().
  Draft& at(const EventRef& event, std::string note = {});
  /// A line that supports it.
  Draft& with(const EventRef& event, std::string note = {});
  /// Those that are not cited yet.
  Draft& with_all(const std::vector<EventRef>& events);
  /// What is not there, and the line at which it is missing.
  Draft& without(std::string note, const EventRef& event = nullptr);
  /// What happened, a sentence or more; in the place of the one before, as for title and level.
  Draft& why(std::string text);
  Draft& title(std::string text);
  Draft& level(Level level);
  /// A step that mends it, behind those before; the words are FixStep's. Secrets in `edit` are masked.
  Draft& fix(std::string kind, std::string applicability, std::string text, const std::string& edit = {});
  /// What to try if the log does not decide, and what its answer will tell. The last call counts.
  Draft& next(std::string command, std::string outcome);

 private:
  Finding& finding_;
};

/// A rule: looks at a session and adds what it finds. It finds nothing where the facts that it needs are
/// unknown.
struct Rule {
  std::string_view name;
  void (*look)(const Session& session, Findings& findings);
};

// The rules by layer.
std::span<const Rule> command_line_rules();
std::span<const Rule> dialect_rules();
std::span<const Rule> parameter_rules();
std::span<const Rule> usage_rules();
std::span<const Rule> host_link_rules();
std::span<const Rule> modem_rules();
std::span<const Rule> power_rules();
std::span<const Rule> sim_rules();
std::span<const Rule> registration_rules();
std::span<const Rule> early_use_rules();
std::span<const Rule> reach_rules();
std::span<const Rule> service_rules();
std::span<const Rule> credential_rules();
std::span<const Rule> tls_rules();
std::span<const Rule> log_word_rules();
std::span<const Rule> told_reason_rules();

/// All of them, in the order in which they look.
const std::vector<Rule>& all_rules();

}  // namespace attache::doctor
