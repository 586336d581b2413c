#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "base/life.hpp"
#include "base/result.hpp"
#include "modem/modem.hpp"
#include "sms/splitting.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// Why an operation of the SMS client failed. Without a reply of the modem the fault was found before it was
/// asked, or the client was closed before it had answered.
struct SmsRefusal {
  base::Reason reason;
  std::optional<modem::ModemReply> reply;  ///< The last one of the modem.
};

[[noreturn]] inline void throw_exception_from_error(const SmsRefusal& refusal,
                                                    const boost::source_location& at) {
  base::throw_exception_from_error(refusal.reason, at);
}

/// Short messages of an application (reference slm-1.6/sms.md), free of AT text towards its host: a client
/// of the modem's AT+CNMI, +CMGS and +CNMA, like any other host of it. One operation at a time. Its
/// coroutines are run by whoever uses it; client and modem must outlive them and each other's answers. One
/// thread only.
class SmsClient {
 public:
  struct Options {
    std::size_t most_joined = 3;  ///< Parts of a message that comes; one with more is dropped.
    /// Texts are of the GSM 7-bit alphabet alone: what it lacks goes out as a blank, and messages in UCS-2
    /// are not read.
    bool only_gsm_alphabet = false;
  };

  /// A message that has come, whole.
  struct Message {
    sms::Timestamp sent;  ///< By the service centre's clock; of the part that came last.
    std::string sender;   ///< In UTF-8: digits alone, or a name.
    std::string text;     ///< In UTF-8.
    bool joined = false;  ///< It came in parts.
  };

  /// Whoever has started the client.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// It is acknowledged to the modem by itself, whatever becomes of it here.
    virtual void received(const Message& message) = 0;
    /// The modem has removed its client: started() is false from now on.
    virtual void removed() = 0;
    /// Something went wrong that nobody has asked for: a message that cannot be shown, or one whose
    /// acknowledgement the modem has refused.
    virtual void troubled(base::Reason reason) = 0;
  };

  using Outcome = boost::system::result<void, SmsRefusal>;

  SmsClient(modem::Modem& modem, const Options& options, Listener& listener);

  /// The modem's client is this one.
  [[nodiscard]] bool started() const { return started_; }
  /// An operation is under way, from its call until it has ended.
  [[nodiscard]] bool busy() const { return busy_; }

  /// Registers with the modem, unless another client is registered.
  asio::awaitable<Outcome> start();
  /// Takes the registration back.
  asio::awaitable<Outcome> stop();
  /// Sends a message, in parts if it is long. `message` is UTF-8 or, if it cannot be, ISO-8859-15; always the
  /// latter if only the GSM alphabet is known. The modem is asked once all parts are coded.
  asio::awaitable<Outcome> send(std::string_view number, std::string_view message);

  /// What the modem says of its own accord, with its line ends: messages are taken out of it, once started.
  void notified(std::string_view urc);

  /// Ends what is under way and forgets that it was started; the modem is not asked.
  void close();
  /// What has come of a message that is not whole yet is lost.
  void drop_parts() { parts_.clear(); }
  /// The same, and takes the registration back without waiting for the modem. False if it was not started.
  bool give_up();
  /// Back to the state of a fresh boot.
  void forget();

 private:
  using Reply = std::optional<modem::ModemReply>;

  asio::awaitable<Outcome> run_start(base::Life::Token life);
  asio::awaitable<Outcome> run_stop(base::Life::Token life);
  asio::awaitable<Outcome> run_send(base::Life::Token life, std::vector<std::string> commands);
  static asio::awaitable<Outcome> refuse(base::Reason reason);
  asio::awaitable<Reply> ask(base::Life::Token life, std::string line);
  void finish(base::Life::Token life);
  [[nodiscard]] base::Result<std::vector<std::string>> commands_for(std::string_view number,
                                                                    std::string_view message);
  [[nodiscard]] std::string to_utf8(std::string_view message) const;
  void acknowledge();
  void take(std::string_view pdu_text);
  void give(const sms::Deliver& deliver, std::string text, bool joined);

  modem::Modem& modem_;
  Options options_;
  Listener& listener_;
  bool started_ = false;
  bool busy_ = false;
  base::Life life_;  // Ended by closing.
  std::uint8_t reference_ = 0;
  sms::Assembly parts_;
  base::Event progress_;  // The modem has answered, or the client was closed.
};

}  // namespace attache::services
