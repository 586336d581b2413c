#include "cellular/network/service_centre.hpp"

#include <algorithm>
#include <utility>

namespace attache::cellular {

namespace {

bool goes_to(const std::string& number, const modem::SubmittedMessage& message) {
  return sms::to_text(message.submit.destination) == number;
}

}  // namespace

ServiceCentre::ServiceCentre(const modem::SmsOptions& options, std::uint64_t seed, base::Clock& clock,
                             std::function<void()> on_arrival)
    : options_(options), random_(seed), clock_(clock), on_arrival_(std::move(on_arrival)) {}

std::optional<int> ServiceCentre::submit(sms::Submit message) {
  if (options_.refuse_cause) {
    return options_.refuse_cause;
  }
  bool is_lost = random_.fraction() * 100 < options_.loss_percent;
  if (is_lost) {
    return std::nullopt;
  }
  forget_arrived();
  auto underway = std::make_shared<Underway>();
  underway->message = {options_.number, std::move(message), clock_.wall_now()};
  // Now, as the device says to its host next that the message is sent: it must not be lost with the process.
  if (outlet_ && !goes_to(options_.number, underway->message)) {
    outlet_(underway->message);
  }
  underway->arrival = clock_.call_after(options_.delay, [this, kept = std::weak_ptr(underway)] {
    if (auto arrived = kept.lock()) {
      pass_on(arrived->message);
    }
  });
  underway_.push_back(std::move(underway));
  return std::nullopt;
}

void ServiceCentre::forget_arrived() {
  std::erase_if(underway_, [](const auto& underway) { return !underway->arrival.pending(); });
}

void ServiceCentre::pass_on(const modem::SubmittedMessage& message) {
  if (goes_to(options_.number, message)) {
    store(modem::to_deliver(message), modem::validity_of(message));
  }
  if (message.submit.report_requested) {
    report(message);
  }
}

void ServiceCentre::report(const modem::SubmittedMessage& message) {
  using Reports = modem::SmsOptions::Reports;
  if (options_.reports == Reports::never) {
    return;
  }
  sms::StatusReport report;
  report.reference = message.submit.reference;
  report.recipient = message.submit.destination;
  report.submitted = sms::make_timestamp(message.accepted);
  report.discharged = sms::make_timestamp(clock_.wall_now());
  report.status = options_.reports == Reports::delivered ? sms::StatusReport::delivered
                                                         : sms::StatusReport::not_obtainable;
  if (auto tpdu = sms::encode(report)) {
    enqueue({true, {}, std::move(*tpdu), clock_.now() + modem::usual_validity});
  }
}

bool ServiceCentre::store(const sms::Deliver& message, std::chrono::minutes validity) {
  auto tpdu = sms::encode(message);
  return tpdu &&
         enqueue({false, sms::to_text(message.originator), std::move(*tpdu), clock_.now() + validity});
}

bool ServiceCentre::enqueue(Waiting waiting) {
  if (waiting_.size() == most_waiting) {
    return false;
  }
  waiting_.push_back(std::move(waiting));
  on_arrival_();
  return true;
}

const ServiceCentre::Waiting* ServiceCentre::next() {
  std::erase_if(waiting_, [now = clock_.now()](const Waiting& waiting) { return waiting.expires <= now; });
  return waiting_.empty() || memory_full_ ? nullptr : &waiting_.front();
}

void ServiceCentre::delivered() {
  waiting_.erase(waiting_.begin());
}

void ServiceCentre::refused(bool memory_full) {
  if (memory_full) {
    memory_full_ = true;
  } else {
    waiting_.erase(waiting_.begin());
  }
}

}  // namespace attache::cellular
