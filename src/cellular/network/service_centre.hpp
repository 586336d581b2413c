#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "cellular/simulation_options.hpp"
#include "modem/message_service.hpp"

namespace attache::cellular {

/// The SMS service centre as one subscriber sees it: takes messages, passes them on, loses or refuses some,
/// reports, and stores what the subscriber has not taken yet, in the order it came. Knows no modem.
class ServiceCentre {
 public:
  /// What waits for the subscriber.
  struct Waiting {
    bool is_report = false;
    std::string from;  ///< Of a message, as +CMT prints it.
    std::string tpdu;
    base::Time expires;
  };

  /// The most that is kept for a subscriber; beyond it new messages are dropped.
  static constexpr std::size_t most_waiting = 1000;

  /// All references must outlive it. `on_arrival` is called when something waits that was not there before.
  ServiceCentre(const modem::SmsOptions& options, std::uint64_t seed, base::Clock& clock,
                std::function<void()> on_arrival);

  /// Called within submit() for a message that was taken and not lost, unless it goes to the subscriber.
  void set_outlet(std::function<void(const modem::SubmittedMessage&)> outlet) { outlet_ = std::move(outlet); }

  /// Takes a message of the subscriber; the RP cause if it is refused.
  std::optional<int> submit(sms::Submit message);

  /// Stores a message for the subscriber. False if there are too many, or its text is too long for one.
  bool store(const sms::Deliver& message, std::chrono::minutes validity);

  /// What is to be delivered next; nothing while the subscriber's memory is full. Throws away what is too
  /// old.
  [[nodiscard]] const Waiting* next();
  /// The subscriber took next().
  void delivered();
  /// It did not: because its memory is full, until memory_available(); else for good.
  void refused(bool memory_full);
  /// next() gives again what was refused for that.
  void memory_available() { memory_full_ = false; }

 private:
  struct Underway {
    modem::SubmittedMessage message;
    base::Alarm arrival;
  };

  void pass_on(const modem::SubmittedMessage& message);
  void report(const modem::SubmittedMessage& message);
  bool enqueue(Waiting waiting);
  void forget_arrived();

  const modem::SmsOptions& options_;
  base::Random random_;
  base::Clock& clock_;
  std::function<void()> on_arrival_;
  std::function<void(const modem::SubmittedMessage&)> outlet_;
  std::vector<std::shared_ptr<Underway>> underway_;
  std::vector<Waiting> waiting_;
  bool memory_full_ = false;
};

}  // namespace attache::cellular
