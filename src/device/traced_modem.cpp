#include "device/traced_modem.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.hpp"

namespace attache::device {

namespace {

constexpr std::string_view trace_command = "AT%XMODEMTRACE=";

class TracedModem final : public modem::Modem {
 public:
  TracedModem(const Radio& radio, std::function<void(bool on)> told)
      : parts_(radio.parts), modem_(radio.modem), told_(std::move(told)) {}

  void execute(std::string_view line, std::function<void(modem::ModemReply)> done) override {
    std::string_view value = line.substr(std::min(line.size(), trace_command.size()));
    bool is_trace =
        base::equal_ignoring_case(line.substr(0, trace_command.size()), trace_command) && value != "?";
    if (!is_trace) {
      modem_.execute(line, std::move(done));
      return;
    }
    bool on = base::trim(value) != "0";
    modem_.execute(line, [this, on, done = std::move(done)](modem::ModemReply reply) {
      if (reply.final == modem::ModemReply::Final::ok) {
        told_(on);
      }
      done(std::move(reply));
    });
  }
  void set_notification_handler(std::function<void(std::string_view urc)> handler) override {
    modem_.set_notification_handler(std::move(handler));
  }
  void set_fault_handler(std::function<void(const modem::ModemFault& fault)> handler) override {
    modem_.set_fault_handler(std::move(handler));
  }
  void restart() override { modem_.restart(); }
  [[nodiscard]] std::optional<base::WallTime> time() const override { return modem_.time(); }

 private:
  std::shared_ptr<void> parts_;
  modem::Modem& modem_;
  std::function<void(bool on)> told_;
};

}  // namespace

Radio traced(Radio radio, std::function<void(bool on)> told) {
  auto modem = std::make_shared<TracedModem>(radio, std::move(told));
  return Radio{modem,      *modem,         radio.pdn,     radio.credentials,  radio.power,
               radio.link, radio.messages, radio.network, radio.registration, std::move(radio.close)};
}

}  // namespace attache::device
